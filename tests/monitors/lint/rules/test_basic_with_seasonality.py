"""Rule basic-with-seasonality."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.basic_with_seasonality import RULE


def test_basic_with_seasonality_is_found_and_its_twin_is_not() -> None:
    """A seasonality for the algorithm that has none."""
    assert_twins(RULE)


def test_basic_with_seasonality_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
