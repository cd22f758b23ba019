"""Rule tag-spelling."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.tag_spelling import RULE


def test_tag_spelling_is_found_and_its_twin_is_not() -> None:
    """A tag that is probably misspelled."""
    assert_twins(RULE)


def test_tag_spelling_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
