"""Rule slo-counts-differ."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_counts_differ import RULE


def test_slo_counts_differ_is_found_and_its_twin_is_not() -> None:
    """Numerator and denominator look at different groups or services."""
    assert_twins(RULE)
