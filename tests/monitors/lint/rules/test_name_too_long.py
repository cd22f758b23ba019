"""Rule name-too-long."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.name_too_long import RULE


def test_name_too_long_is_found_and_its_twin_is_not() -> None:
    """A name that is cut on its way."""
    assert_twins(RULE)
