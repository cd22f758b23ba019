"""Rule message-variable."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.message_variable import RULE


def test_message_variable_is_found_and_its_twin_is_not() -> None:
    """A variable of the message that the query drops."""
    assert_twins(RULE)
