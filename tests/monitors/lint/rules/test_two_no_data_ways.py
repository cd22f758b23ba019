"""Rule two-no-data-ways."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.two_no_data_ways import RULE


def test_two_no_data_ways_is_found_and_its_twin_is_not() -> None:
    """`on_missing_data` beside the older no-data options."""
    assert_twins(RULE)


def test_two_no_data_ways_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
