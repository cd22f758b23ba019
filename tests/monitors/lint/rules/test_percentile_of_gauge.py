"""Rule percentile-of-gauge."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.percentile_of_gauge import RULE


def test_percentile_of_gauge_is_found_and_its_twin_is_not() -> None:
    """A percentile of a metric that has none."""
    assert_twins(RULE)
