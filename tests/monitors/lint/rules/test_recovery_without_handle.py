"""Rule recovery-without-handle."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.recovery_without_handle import RULE


def test_recovery_without_handle_is_found_and_its_twin_is_not() -> None:
    """A handle that hears of the alert, not of its end."""
    assert_twins(RULE)
