"""Rule shadowed-monitor."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.shadowed_monitor import RULE


def test_shadowed_monitor_is_found_and_its_twin_is_not() -> None:
    """A monitor that never says anything new."""
    assert_twins(RULE)
