"""Rule always-fires."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.always_fires import RULE


def test_always_fires_is_found_and_its_twin_is_not() -> None:
    """A threshold that the metric always crosses."""
    assert_twins(RULE)
