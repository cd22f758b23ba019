"""Rule forecast-operand."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.forecast_operand import RULE


def test_forecast_operand_is_found_and_its_twin_is_not() -> None:
    """A function that cannot be forecast."""
    assert_twins(RULE)
