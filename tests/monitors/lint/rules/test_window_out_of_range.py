"""Rule window-out-of-range."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.window_out_of_range import RULE


def test_window_out_of_range_is_found_and_its_twin_is_not() -> None:
    """A window that this type of monitor does not allow."""
    assert_twins(RULE)
