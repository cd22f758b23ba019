"""Rule recovery-without-threshold."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.recovery_without_threshold import RULE


def test_recovery_without_threshold_is_found_and_its_twin_is_not() -> None:
    """A recovery threshold of a state that has no threshold."""
    assert_twins(RULE)


def test_recovery_without_threshold_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
