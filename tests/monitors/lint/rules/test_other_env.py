"""Rule other-env."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.other_env import RULE


def test_other_env_is_found_and_its_twin_is_not() -> None:
    """A query over another environment."""
    assert_twins(RULE)
