"""Rule message-empty."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.message_empty import RULE


def test_message_empty_is_found_and_its_twin_is_not() -> None:
    """The message is empty."""
    assert_twins(RULE)
