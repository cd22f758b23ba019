"""Rule message-condition."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.message_condition import RULE


def test_message_condition_is_found_and_its_twin_is_not() -> None:
    """A condition that Datadog does not have."""
    assert_twins(RULE)
