"""Rule slo-without-thresholds."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_without_thresholds import RULE


def test_slo_without_thresholds_is_found_and_its_twin_is_not() -> None:
    """An objective without a target."""
    assert_twins(RULE)
