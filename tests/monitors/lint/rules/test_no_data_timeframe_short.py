"""Rule no-data-timeframe-short."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.no_data_timeframe_short import RULE


def test_no_data_timeframe_short_is_found_and_its_twin_is_not() -> None:
    """`no_data_timeframe` shorter than twice the window."""
    assert_twins(RULE)
