"""Rule glued-handle."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.glued_handle import RULE


def test_glued_handle_is_found_and_its_twin_is_not() -> None:
    """A handle that runs into the text."""
    assert_twins(RULE)
