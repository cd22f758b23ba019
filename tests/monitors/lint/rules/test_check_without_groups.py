"""Rule check-without-groups."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.check_without_groups import RULE


def test_check_without_groups_is_found_and_its_twin_is_not() -> None:
    """A service check without `.by()`."""
    assert_twins(RULE)
