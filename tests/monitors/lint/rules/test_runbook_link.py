"""Rule runbook-link."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.runbook_link import RULE


def test_runbook_link_is_found_and_its_twin_is_not() -> None:
    """A runbook that is no link."""
    assert_twins(RULE)
