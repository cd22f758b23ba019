"""Rule event-recovery."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.event_recovery import RULE


def test_event_recovery_is_found_and_its_twin_is_not() -> None:
    """An event monitor with a recovery threshold."""
    assert_twins(RULE)


def test_event_recovery_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
