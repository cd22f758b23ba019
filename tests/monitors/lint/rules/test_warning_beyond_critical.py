"""Rule warning-beyond-critical."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.warning_beyond_critical import RULE


def test_warning_beyond_critical_is_found_and_its_twin_is_not() -> None:
    """The warning comes after the alert, or with it."""
    assert_twins(RULE)
