"""Rule no-data-timeframe-too-long."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.no_data_timeframe_too_long import RULE


def test_no_data_timeframe_too_long_is_found_and_its_twin_is_not() -> None:
    """`no_data_timeframe` of more than a day."""
    assert_twins(RULE)
