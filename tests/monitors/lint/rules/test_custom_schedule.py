"""Rule custom-schedule."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.custom_schedule import RULE


def test_custom_schedule_is_found_and_its_twin_is_not() -> None:
    """A custom schedule without `on_missing_data`."""
    assert_twins(RULE)
