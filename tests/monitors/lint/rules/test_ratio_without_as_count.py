"""Rule ratio-without-as-count."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.ratio_without_as_count import RULE


def test_ratio_without_as_count_is_found_and_its_twin_is_not() -> None:
    """A ratio of counts without `as_count()` on both sides."""
    assert_twins(RULE)
