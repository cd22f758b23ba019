"""Rule future-timeshift."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.future_timeshift import RULE


def test_future_timeshift_is_found_and_its_twin_is_not() -> None:
    """A shift into the future."""
    assert_twins(RULE)


def test_future_timeshift_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
