"""Rule slo-undeclared."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_undeclared import RULE


def test_slo_undeclared_is_found_and_its_twin_is_not() -> None:
    """An alert on an objective that nobody declares."""
    assert_twins(RULE)
