"""Rule no-runbook."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.no_runbook import RULE


def test_no_runbook_is_found_and_its_twin_is_not() -> None:
    """A page without a runbook."""
    assert_twins(RULE)
