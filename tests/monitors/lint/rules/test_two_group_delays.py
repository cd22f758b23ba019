"""Rule two-group-delays."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.two_group_delays import RULE


def test_two_group_delays_is_found_and_its_twin_is_not() -> None:
    """`new_group_delay` and `new_host_delay` together."""
    assert_twins(RULE)


def test_two_group_delays_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
