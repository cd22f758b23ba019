"""Rule burn-rate-windows."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.burn_rate_windows import RULE


def test_burn_rate_windows_is_found_and_its_twin_is_not() -> None:
    """The short window of a burn rate is not a twelfth of the long one."""
    assert_twins(RULE)
