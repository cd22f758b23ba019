"""Rule check-last."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.check_last import RULE


def test_check_last_is_found_and_its_twin_is_not() -> None:
    """A service check that looks at too few results."""
    assert_twins(RULE)
