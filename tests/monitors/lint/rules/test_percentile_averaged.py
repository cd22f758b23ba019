"""Rule percentile-averaged."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.percentile_averaged import RULE


def test_percentile_averaged_is_found_and_its_twin_is_not() -> None:
    """The average of percentiles."""
    assert_twins(RULE)


def test_percentile_averaged_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
