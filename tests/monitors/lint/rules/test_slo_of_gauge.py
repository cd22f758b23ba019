"""Rule slo-of-gauge."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_of_gauge import RULE


def test_slo_of_gauge_is_found_and_its_twin_is_not() -> None:
    """An objective that counts what is no count."""
    assert_twins(RULE)
