"""Rule anomaly-interval."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.anomaly_interval import RULE


def test_anomaly_interval_is_found_and_its_twin_is_not() -> None:
    """The interval leaves fewer than five points in the alert window."""
    assert_twins(RULE)
