"""Rule query-syntax."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.query_syntax import RULE


def test_query_syntax_is_found_and_its_twin_is_not() -> None:
    """The query cannot be read."""
    assert_twins(RULE)


def test_query_syntax_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
