"""Rule slo-groups."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_groups import RULE


def test_slo_groups_is_found_and_its_twin_is_not() -> None:
    """Groups of an objective that is not made of one monitor."""
    assert_twins(RULE)
