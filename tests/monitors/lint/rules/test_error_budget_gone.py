"""Rule error-budget-gone."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.error_budget_gone import RULE


def test_error_budget_gone_is_found_and_its_twin_is_not() -> None:
    """An alert that waits until the whole budget is gone."""
    assert_twins(RULE)
