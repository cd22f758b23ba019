"""Rule full-window-of-counts."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.full_window_of_counts import RULE


def test_full_window_of_counts_is_found_and_its_twin_is_not() -> None:
    """A full window asked of a count."""
    assert_twins(RULE)


def test_full_window_of_counts_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
