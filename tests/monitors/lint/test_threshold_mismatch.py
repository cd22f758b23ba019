"""Rule threshold-mismatch."""

import pytest

from tests.monitors.lint.conftest import Lint


@pytest.mark.parametrize("thresholds", ["{critical: 2}", "{critical: 1, warning: 3}"])
def test_thresholds_that_contradict_the_query_are_found(lint: Lint, thresholds: str) -> None:
    """Another number than the query's, or a warning beyond the alert."""
    (found,) = lint(options=f"{{thresholds: {thresholds}}}")

    assert found.rule == "threshold-mismatch"


def test_thresholds_that_agree_are_no_finding(lint: Lint) -> None:
    """Warn before the alert."""
    assert lint(options="{thresholds: {critical: 1, warning: 0.5}}") == []
