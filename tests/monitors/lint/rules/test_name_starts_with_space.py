"""Rule name-starts-with-space."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.name_starts_with_space import RULE


def test_name_starts_with_space_is_found_and_its_twin_is_not() -> None:
    """The name begins with white space."""
    assert_twins(RULE)


def test_name_starts_with_space_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
