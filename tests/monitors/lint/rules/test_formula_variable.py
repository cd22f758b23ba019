"""Rule formula-variable."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.formula_variable import RULE


def test_formula_variable_is_found_and_its_twin_is_not() -> None:
    """A formula with a query that is not declared."""
    assert_twins(RULE)
