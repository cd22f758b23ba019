"""Rule unknown-option."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.unknown_option import RULE


def test_unknown_option_is_found_and_its_twin_is_not() -> None:
    """An option that Datadog does not know."""
    assert_twins(RULE)
