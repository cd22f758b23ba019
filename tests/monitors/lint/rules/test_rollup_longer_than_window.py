"""Rule rollup-longer-than-window."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.rollup_longer_than_window import RULE


def test_rollup_longer_than_window_is_found_and_its_twin_is_not() -> None:
    """A rollup longer than the window."""
    assert_twins(RULE)
