"""Rule resolve-with-timeout."""

from tests.monitors.lint.twins import assert_mended, assert_twins
from watchkeeper.monitors.lint.rules.resolve_with_timeout import RULE


def test_resolve_with_timeout_is_found_and_its_twin_is_not() -> None:
    """`on_missing_data: resolve` with `timeout_h`."""
    assert_twins(RULE)


def test_resolve_with_timeout_is_mended() -> None:
    """`--fix` takes the fault away and leaves the rest."""
    assert_mended(RULE)
