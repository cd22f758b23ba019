"""Rule notify-by."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.notify_by import RULE


def test_notify_by_is_found_and_its_twin_is_not() -> None:
    """`notify_by` names what the query is not grouped by."""
    assert_twins(RULE)
