"""Rule anomaly-windows-differ."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.anomaly_windows_differ import RULE


def test_anomaly_windows_differ_is_found_and_its_twin_is_not() -> None:
    """`trigger_window` is not the `alert_window` of the query."""
    assert_twins(RULE)
