"""Rule warning-without-critical."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.warning_without_critical import RULE


def test_warning_without_critical_is_found_and_its_twin_is_not() -> None:
    """A warning threshold without a critical one."""
    assert_twins(RULE)
