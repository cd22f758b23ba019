"""Rule slo-without-as-count."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_without_as_count import RULE


def test_slo_without_as_count_is_found_and_its_twin_is_not() -> None:
    """A count of an objective that is not summed."""
    assert_twins(RULE)
