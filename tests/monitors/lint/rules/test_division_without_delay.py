"""Rule division-without-delay."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.division_without_delay import RULE


def test_division_without_delay_is_found_and_its_twin_is_not() -> None:
    """A ratio of CloudWatch counts without a delay."""
    assert_twins(RULE)
