"""Rule metric-alert-renamed."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.metric_alert_renamed import RULE


def test_metric_alert_renamed_is_found_and_its_twin_is_not() -> None:
    """The older name of a type."""
    assert_twins(RULE)


def test_metric_alert_renamed_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
