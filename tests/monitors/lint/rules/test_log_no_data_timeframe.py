"""Rule log-no-data-timeframe."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.log_no_data_timeframe import RULE


def test_log_no_data_timeframe_is_found_and_its_twin_is_not() -> None:
    """A log monitor with `no_data_timeframe`."""
    assert_twins(RULE)


def test_log_no_data_timeframe_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
