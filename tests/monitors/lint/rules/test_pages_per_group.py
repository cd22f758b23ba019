"""Rule pages-per-group."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.pages_per_group import RULE


def test_pages_per_group_is_found_and_its_twin_is_not() -> None:
    """A page for each of hundreds of groups."""
    assert_twins(RULE)
