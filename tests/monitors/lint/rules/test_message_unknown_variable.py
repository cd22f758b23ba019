"""Rule message-unknown-variable."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.message_unknown_variable import RULE


def test_message_unknown_variable_is_found_and_its_twin_is_not() -> None:
    """A variable that Datadog does not have."""
    assert_twins(RULE)
