"""Rule no-aggregator."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.no_aggregator import RULE


def test_no_aggregator_is_found_and_its_twin_is_not() -> None:
    """A metric without an aggregator."""
    assert_twins(RULE)


def test_no_aggregator_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
