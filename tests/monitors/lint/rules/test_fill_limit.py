"""Rule fill-limit."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.fill_limit import RULE


def test_fill_limit_is_found_and_its_twin_is_not() -> None:
    """A fill that reaches further than Datadog allows."""
    assert_twins(RULE)
