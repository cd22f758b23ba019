"""Rule unknown-handle."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.unknown_handle import RULE


def test_unknown_handle_is_found_and_its_twin_is_not() -> None:
    """A handle that resolves to nothing."""
    assert_twins(RULE)
