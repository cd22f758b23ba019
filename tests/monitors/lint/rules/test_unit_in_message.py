"""Rule unit-in-message."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.unit_in_message import RULE


def test_unit_in_message_is_found_and_its_twin_is_not() -> None:
    """The message names another unit than the metric has."""
    assert_twins(RULE)
