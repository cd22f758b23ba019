"""Rule composite-members."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.composite_members import RULE


def test_composite_members_is_found_and_its_twin_is_not() -> None:
    """A composite of composites."""
    assert_twins(RULE)
