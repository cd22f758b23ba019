"""Rule message-too-long."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.message_too_long import RULE


def test_message_too_long_is_found_and_its_twin_is_not() -> None:
    """A message that is cut on its way."""
    assert_twins(RULE)
