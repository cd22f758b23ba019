"""Rule autosmooth-in-monitor."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.autosmooth_in_monitor import RULE


def test_autosmooth_in_monitor_is_found_and_its_twin_is_not() -> None:
    """`autosmooth` in a monitor."""
    assert_twins(RULE)
