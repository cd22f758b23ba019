"""Rule slo-target-decimals."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_target_decimals import RULE


def test_slo_target_decimals_is_found_and_its_twin_is_not() -> None:
    """A target with more than three decimals."""
    assert_twins(RULE)
