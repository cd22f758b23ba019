"""Rule bare-pagerduty."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.bare_pagerduty import RULE


def test_bare_pagerduty_is_found_and_its_twin_is_not() -> None:
    """`@pagerduty` without a service."""
    assert_twins(RULE)
