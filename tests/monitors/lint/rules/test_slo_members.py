"""Rule slo-members."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_members import RULE


def test_slo_members_is_found_and_its_twin_is_not() -> None:
    """An objective on monitors without monitors, or on counts without a query."""
    assert_twins(RULE)
