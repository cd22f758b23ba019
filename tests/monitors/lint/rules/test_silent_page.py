"""Rule silent-page."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.silent_page import RULE


def test_silent_page_is_found_and_its_twin_is_not() -> None:
    """A page whose silence counts as well."""
    assert_twins(RULE)
