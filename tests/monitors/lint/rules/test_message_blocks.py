"""Rule message-blocks."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.message_blocks import RULE


def test_message_blocks_is_found_and_its_twin_is_not() -> None:
    """A block that does not open and close."""
    assert_twins(RULE)
