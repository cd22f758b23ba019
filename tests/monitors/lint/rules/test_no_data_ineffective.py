"""Rule no-data-ineffective."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.no_data_ineffective import RULE


def test_no_data_ineffective_is_found_and_its_twin_is_not() -> None:
    """`no_data_timeframe` that nothing uses."""
    assert_twins(RULE)


def test_no_data_ineffective_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
