"""Rule duplicate-monitor."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.duplicate_monitor import RULE


def test_duplicate_monitor_is_found_and_its_twin_is_not() -> None:
    """The same monitor twice."""
    assert_twins(RULE)
