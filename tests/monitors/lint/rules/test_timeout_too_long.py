"""Rule timeout-too-long."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.timeout_too_long import RULE


def test_timeout_too_long_is_found_and_its_twin_is_not() -> None:
    """`timeout_h` of more than a day."""
    assert_twins(RULE)
