"""Rule slo-tags-upper-case."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.slo_tags_upper_case import RULE


def test_slo_tags_upper_case_is_found_and_its_twin_is_not() -> None:
    """Tags of an objective in upper case."""
    assert_twins(RULE)


def test_slo_tags_upper_case_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
