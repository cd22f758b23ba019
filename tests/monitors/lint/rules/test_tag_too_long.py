"""Rule tag-too-long."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.tag_too_long import RULE


def test_tag_too_long_is_found_and_its_twin_is_not() -> None:
    """A tag that Datadog cuts."""
    assert_twins(RULE)
