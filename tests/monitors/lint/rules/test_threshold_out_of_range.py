"""Rule threshold-out-of-range."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.threshold_out_of_range import RULE


def test_threshold_out_of_range_is_found_and_its_twin_is_not() -> None:
    """A threshold that the metric never crosses."""
    assert_twins(RULE)
