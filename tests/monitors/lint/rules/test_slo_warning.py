"""Rule slo-warning."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_warning import RULE


def test_slo_warning_is_found_and_its_twin_is_not() -> None:
    """The warning of an objective is not above its target."""
    assert_twins(RULE)
