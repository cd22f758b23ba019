"""Rule burn-rate-steady."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.burn_rate_steady import RULE


def test_burn_rate_steady_is_found_and_its_twin_is_not() -> None:
    """A burn rate at or below the steady spend."""
    assert_twins(RULE)
