"""Rule groups-differ."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.groups_differ import RULE


def test_groups_differ_is_found_and_its_twin_is_not() -> None:
    """Two sides of a calculation with different groups."""
    assert_twins(RULE)
