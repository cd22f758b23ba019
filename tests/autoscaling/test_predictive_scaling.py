"""Predictive scaling: forecast, and what it asks for."""

import pytest

from watchkeeper.autoscaling.model import PredictivePolicy
from watchkeeper.autoscaling.predictive_scaling import HOUR_S, forecast_load, predicted_bounds

DAY_S = 24 * HOUR_S


def history(days: int) -> dict[int, float]:
    """Weekdays of 100, weekends of 10, from a Monday on."""
    return {hour * HOUR_S: 10.0 if hour // 24 % 7 >= 5 else 100.0 for hour in range(days * 24)}


def test_a_forecast_needs_a_day_of_data() -> None:
    """Until then there is none."""
    assert forecast_load(history(1), 23 * HOUR_S) is None
    assert forecast_load(history(1), DAY_S) == 100


def test_a_forecast_knows_weeks_once_it_has_seen_one() -> None:
    """The second Saturday is quiet, although the days before it were not; the first one could not know."""
    assert forecast_load(history(5), 5 * DAY_S) == 100
    assert forecast_load(history(12), 12 * DAY_S) == 10


@pytest.mark.parametrize(
    ("max_breach", "percent", "bounds"), [("HonorMaxCapacity", 0, (40, 40)), ("IncreaseMaxCapacity", 10, (50, 55))]
)
def test_a_forecast_beyond_the_maximum_stops_there_or_raises_it(
    max_breach: str, percent: int, bounds: tuple[int, int]
) -> None:
    """The documentation's example: maximum 40, forecast 50, buffer 10 percent."""
    policy = PredictivePolicy(
        id="f",
        metric="ECSServiceCPUUtilization",
        target=50,
        mode="ForecastAndScale",
        max_breach=max_breach,  # type: ignore[arg-type]
        max_buffer_percent=percent,
    )

    assert predicted_bounds(policy, 50, 40) == bounds
