"""Rule outlier-threshold."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.outlier_threshold import RULE


def test_outlier_threshold_is_found_and_its_twin_is_not() -> None:
    """An outlier monitor that compares with something else than `> 0`."""
    assert_twins(RULE)
