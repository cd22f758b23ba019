"""Rule slo-scope."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.slo_scope import RULE


def test_slo_scope_is_found_and_its_twin_is_not() -> None:
    """An objective that counts more than its own environment."""
    assert_twins(RULE)
