"""Rule page-without-pager."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.page_without_pager import RULE


def test_page_without_pager_is_found_and_its_twin_is_not() -> None:
    """A page that reaches only a channel."""
    assert_twins(RULE)
