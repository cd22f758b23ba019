"""Rule priority."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.priority import RULE


def test_priority_is_found_and_its_twin_is_not() -> None:
    """A priority that is not 1 to 5."""
    assert_twins(RULE)
