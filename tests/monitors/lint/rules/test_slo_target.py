"""Rule slo-target."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_target import RULE


def test_slo_target_is_found_and_its_twin_is_not() -> None:
    """An objective that is no percentage below 100."""
    assert_twins(RULE)
