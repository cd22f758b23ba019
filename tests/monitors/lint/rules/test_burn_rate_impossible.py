"""Rule burn-rate-impossible."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.burn_rate_impossible import RULE


def test_burn_rate_impossible_is_found_and_its_twin_is_not() -> None:
    """A burn rate that cannot be reached."""
    assert_twins(RULE)
