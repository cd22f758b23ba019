"""Rule monitor-type."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.monitor_type import RULE


def test_monitor_type_is_found_and_its_twin_is_not() -> None:
    """No type, or one that Datadog does not have."""
    assert_twins(RULE)
