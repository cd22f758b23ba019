"""Rule unrouted."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.unrouted import RULE


def test_unrouted_is_found_and_its_twin_is_not() -> None:
    """A monitor that reaches nobody."""
    assert_twins(RULE)
