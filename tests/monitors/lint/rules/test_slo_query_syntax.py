"""Rule slo-query-syntax."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_query_syntax import RULE


def test_slo_query_syntax_is_found_and_its_twin_is_not() -> None:
    """A count of an objective that cannot be read."""
    assert_twins(RULE)
