"""Rule slo-alert-timeframe."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_alert_timeframe import RULE


def test_slo_alert_timeframe_is_found_and_its_twin_is_not() -> None:
    """An alert over a time-frame for which the objective has no target."""
    assert_twins(RULE)
