"""Rule mixed-filter-signs."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.mixed_filter_signs import RULE


def test_mixed_filter_signs_is_found_and_its_twin_is_not() -> None:
    """Two ways to join tags in one filter."""
    assert_twins(RULE)
