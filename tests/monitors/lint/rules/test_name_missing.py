"""Rule name-missing."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.name_missing import RULE


def test_name_missing_is_found_and_its_twin_is_not() -> None:
    """The name is empty."""
    assert_twins(RULE)
