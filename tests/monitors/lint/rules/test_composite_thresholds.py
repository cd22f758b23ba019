"""Rule composite-thresholds."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.composite_thresholds import RULE


def test_composite_thresholds_is_found_and_its_twin_is_not() -> None:
    """A composite with thresholds."""
    assert_twins(RULE)


def test_composite_thresholds_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
