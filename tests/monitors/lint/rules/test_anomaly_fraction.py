"""Rule anomaly-fraction."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.anomaly_fraction import RULE


def test_anomaly_fraction_is_found_and_its_twin_is_not() -> None:
    """The threshold of an anomaly monitor is no share of points."""
    assert_twins(RULE)
