"""Rule scope-contradiction."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.scope_contradiction import RULE


def test_scope_contradiction_is_found_and_its_twin_is_not() -> None:
    """A filter that nothing passes."""
    assert_twins(RULE)
