"""Rule as-count-aggregation."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.as_count_aggregation import RULE


def test_as_count_aggregation_is_found_and_its_twin_is_not() -> None:
    """`as_count()` with another time aggregation than `sum`."""
    assert_twins(RULE)
