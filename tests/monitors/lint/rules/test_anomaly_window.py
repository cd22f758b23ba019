"""Rule anomaly-window."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.anomaly_window import RULE


def test_anomaly_window_is_found_and_its_twin_is_not() -> None:
    """The alert window is longer than the query window, or out of range."""
    assert_twins(RULE)
