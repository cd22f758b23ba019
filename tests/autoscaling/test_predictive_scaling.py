"""Predictive scaling: forecast, and what it asks for."""

import pytest

from watchkeeper.autoscaling.model import PredictivePolicy
from watchkeeper.autoscaling.predictive_scaling import (
    HOUR_S,
    forecast_from,
    forecast_load,
    is_renewed,
    predicted_bounds,
)

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


def test_a_forecast_reaches_two_days_ahead_from_the_hours_before() -> None:
    """48 hours; the hour that runs is not yet history, and what is forecast for one day serves the next."""
    forecast = forecast_from({**history(1), DAY_S: 900.0}, DAY_S + 60)

    assert list(forecast) == [DAY_S + hour * HOUR_S for hour in range(48)]
    assert set(forecast.values()) == {100.0}
    assert forecast_from(history(1), 23 * HOUR_S) == {}, "a day less an hour is too little"
    assert forecast_from({}, DAY_S) == {}


def test_a_forecast_is_renewed_at_first_and_when_a_quarter_of_a_day_begins() -> None:
    """Midnight, six, noon and eighteen hours, UTC."""
    looked_at = [0, 60, 6 * HOUR_S - 60, 6 * HOUR_S, 7 * HOUR_S, 12 * HOUR_S]
    renewed = [is_renewed(before, at) for before, at in zip([None, *looked_at], looked_at, strict=False)]

    assert renewed == [True, False, False, True, False, True]


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
