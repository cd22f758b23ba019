"""Rule window-shorter-than-interval."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.window_shorter_than_interval import RULE


def test_window_shorter_than_interval_is_found_and_its_twin_is_not() -> None:
    """A window that holds hardly one value."""
    assert_twins(RULE)
