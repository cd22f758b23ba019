"""Rule units-mixed."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.units_mixed import RULE


def test_units_mixed_is_found_and_its_twin_is_not() -> None:
    """A sum or difference of two units."""
    assert_twins(RULE)
