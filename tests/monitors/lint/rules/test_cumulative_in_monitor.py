"""Rule cumulative-in-monitor."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.cumulative_in_monitor import RULE


def test_cumulative_in_monitor_is_found_and_its_twin_is_not() -> None:
    """A running sum in a monitor."""
    assert_twins(RULE)
