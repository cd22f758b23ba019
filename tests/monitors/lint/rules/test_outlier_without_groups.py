"""Rule outlier-without-groups."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.outlier_without_groups import RULE


def test_outlier_without_groups_is_found_and_its_twin_is_not() -> None:
    """Outliers without groups to compare."""
    assert_twins(RULE)
