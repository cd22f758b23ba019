"""Rule rollup-without-delay."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.rollup_without_delay import RULE


def test_rollup_without_delay_is_found_and_its_twin_is_not() -> None:
    """A rollup without an evaluation delay as long."""
    assert_twins(RULE)
