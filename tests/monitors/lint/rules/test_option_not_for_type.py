"""Rule option-not-for-type."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.option_not_for_type import RULE


def test_option_not_for_type_is_found_and_its_twin_is_not() -> None:
    """An option that this type of monitor does not take."""
    assert_twins(RULE)


def test_option_not_for_type_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
