"""Rule slo-without-alert."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_without_alert import RULE


def test_slo_without_alert_is_found_and_its_twin_is_not() -> None:
    """An objective whose budget nobody watches."""
    assert_twins(RULE)
