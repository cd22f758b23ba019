"""Rule threshold-not-a-number."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.threshold_not_a_number import RULE


def test_threshold_not_a_number_is_found_and_its_twin_is_not() -> None:
    """A threshold that is no number."""
    assert_twins(RULE)
