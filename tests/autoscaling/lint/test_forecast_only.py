"""Rule forecast-only."""

from tests.autoscaling.lint.conftest import CPU, Lint

FORECAST = CPU + "predictive: {metric: ECSServiceCPUUtilization, target: 50}\n"


def test_a_forecast_that_starts_no_task_is_told(lint: Lint) -> None:
    """As information: it is how one begins."""
    (found,) = lint(FORECAST, rule="forecast-only")

    assert found.severity == "info"


def test_one_that_scales_is_no_finding(lint: Lint) -> None:
    """Silence."""
    assert lint(FORECAST.replace("50}", "50, mode: ForecastAndScale}"), rule="forecast-only") == []
