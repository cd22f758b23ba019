"""Rule misleading-aggregator."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.misleading_aggregator import RULE


def test_misleading_aggregator_is_found_and_its_twin_is_not() -> None:
    """An aggregator that makes no sense for the metric."""
    assert_twins(RULE)
