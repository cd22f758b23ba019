"""Rule scope-without-env."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.scope_without_env import RULE


def test_scope_without_env_is_found_and_its_twin_is_not() -> None:
    """A query over all environments."""
    assert_twins(RULE)
