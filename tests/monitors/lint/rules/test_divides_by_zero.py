"""Rule divides-by-zero."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.divides_by_zero import RULE


def test_divides_by_zero_is_found_and_its_twin_is_not() -> None:
    """A division by the number zero."""
    assert_twins(RULE)
