"""Rule evaluation-delay."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.evaluation_delay import RULE


def test_evaluation_delay_is_found_and_its_twin_is_not() -> None:
    """`evaluation_delay` of more than a day, or below zero."""
    assert_twins(RULE)
