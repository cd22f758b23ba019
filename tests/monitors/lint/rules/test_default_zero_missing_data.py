"""Rule default-zero-missing-data."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.default_zero_missing_data import RULE


def test_default_zero_missing_data_is_found_and_its_twin_is_not() -> None:
    """`default_zero()` with a rule for missing data."""
    assert_twins(RULE)


def test_default_zero_missing_data_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
