"""Rule slo-members."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_members import RULE


def test_slo_members_is_found_and_its_twin_is_not() -> None:
    """An objective without what it measures."""
    assert_twins(RULE)
