"""Rule slo-timeframe-twice."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_timeframe_twice import RULE


def test_slo_timeframe_twice_is_found_and_its_twin_is_not() -> None:
    """Two targets over one time-frame."""
    assert_twins(RULE)
