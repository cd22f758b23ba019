"""Rule unlikely-unit."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.unlikely_unit import RULE


def test_unlikely_unit_is_found_and_its_twin_is_not() -> None:
    """A threshold that looks like another unit."""
    assert_twins(RULE)
