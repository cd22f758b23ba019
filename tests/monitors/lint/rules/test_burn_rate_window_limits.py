"""Rule burn-rate-window-limits."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.burn_rate_window_limits import RULE


def test_burn_rate_window_limits_is_found_and_its_twin_is_not() -> None:
    """Windows of a burn rate that Datadog does not take."""
    assert_twins(RULE)
