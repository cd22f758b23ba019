"""Rule recovery-overlap."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.recovery_overlap import RULE


def test_recovery_overlap_is_found_and_its_twin_is_not() -> None:
    """Alert and recovery can both be true."""
    assert_twins(RULE)
