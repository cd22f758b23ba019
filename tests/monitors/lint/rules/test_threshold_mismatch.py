"""Rule threshold-mismatch."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.threshold_mismatch import RULE


def test_threshold_mismatch_is_found_and_its_twin_is_not() -> None:
    """The query and `thresholds.critical` say different numbers."""
    assert_twins(RULE)


def test_threshold_mismatch_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
