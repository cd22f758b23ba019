"""Rule duplicate-name."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.duplicate_name import RULE


def test_duplicate_name_is_found_and_its_twin_is_not() -> None:
    """Two monitors with one name."""
    assert_twins(RULE)
