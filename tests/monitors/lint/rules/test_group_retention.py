"""Rule group-retention."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.group_retention import RULE


def test_group_retention_is_found_and_its_twin_is_not() -> None:
    """`group_retention_duration` out of range."""
    assert_twins(RULE)
