"""Rule forecast-direction."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.forecast_direction import RULE


def test_forecast_direction_is_found_and_its_twin_is_not() -> None:
    """A forecast watched from the wrong side."""
    assert_twins(RULE)


def test_forecast_direction_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
