"""Rule equality-on-average."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.equality_on_average import RULE


def test_equality_on_average_is_found_and_its_twin_is_not() -> None:
    """An average compared for equality."""
    assert_twins(RULE)
