"""Rule pct-change-impossible."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.pct_change_impossible import RULE


def test_pct_change_impossible_is_found_and_its_twin_is_not() -> None:
    """A fall of more than everything."""
    assert_twins(RULE)
