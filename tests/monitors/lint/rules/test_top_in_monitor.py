"""Rule top-in-monitor."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.top_in_monitor import RULE


def test_top_in_monitor_is_found_and_its_twin_is_not() -> None:
    """The best or worst few as the condition of a monitor."""
    assert_twins(RULE)
