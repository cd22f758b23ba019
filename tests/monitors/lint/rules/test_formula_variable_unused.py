"""Rule formula-variable-unused."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.formula_variable_unused import RULE


def test_formula_variable_unused_is_found_and_its_twin_is_not() -> None:
    """A query that no formula uses."""
    assert_twins(RULE)
