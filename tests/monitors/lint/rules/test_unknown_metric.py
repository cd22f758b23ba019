"""Rule unknown-metric."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.unknown_metric import RULE


def test_unknown_metric_is_found_and_its_twin_is_not() -> None:
    """A metric that is probably misspelled."""
    assert_twins(RULE)


def test_unknown_metric_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
