"""Rule no-effect-offline."""

from tests.monitors.lint.twins import assert_twins
from watchkeeper.monitors.lint.rules.no_effect_offline import RULE


def test_no_effect_offline_is_found_and_its_twin_is_not() -> None:
    """An option that no rehearsal can show."""
    assert_twins(RULE)
