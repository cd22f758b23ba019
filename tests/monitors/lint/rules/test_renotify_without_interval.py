"""Rule renotify-without-interval."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.renotify_without_interval import RULE


def test_renotify_without_interval_is_found_and_its_twin_is_not() -> None:
    """Settings of a repetition that never happens."""
    assert_twins(RULE)
