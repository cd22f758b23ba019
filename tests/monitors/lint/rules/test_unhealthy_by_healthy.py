"""Rule unhealthy-by-healthy."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.unhealthy_by_healthy import RULE


def test_unhealthy_by_healthy_is_found_and_its_twin_is_not() -> None:
    """Unhealthy hosts divided by healthy ones."""
    assert_twins(RULE)
