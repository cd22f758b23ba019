"""Predictive scaling: the load of past hours to a forecast, and the forecast to a smallest count. Pure.

AWS does not publish its forecast; this one is the plainest that knows days and weeks, and it is named as ours.
Source of the rest: Application Auto Scaling user guide, "Predictive scaling": 24 hours of data at least, 14 days at
most, one value an hour, capacity raised only, started `buffer_s` before the hour; a forecast reaches 48 hours ahead and
is renewed every six.
"""

import math
from collections.abc import Mapping
from statistics import fmean
from typing import Final

from watchkeeper.autoscaling.model import PredictivePolicy

HOUR_S: Final = 3600
_DAY_S: Final = 24 * HOUR_S
_WEEK_S: Final = 7 * _DAY_S
MOST_DAYS: Final = 14
_AHEAD_HOURS: Final = 48
_RENEWED_HOURS: Final = 6

Forecast = Mapping[int, float]
"""Load of an hour, all tasks together, by the hour's first second in Unix time."""


def is_renewed(before: int | None, at: int) -> bool:
    """Whether the forecast is made anew at `at`; before: when that was last looked at, None for never."""
    renewed_s = _RENEWED_HOURS * HOUR_S
    return before is None or before // renewed_s != at // renewed_s


def forecast_from(history: Mapping[int, float], at: int) -> Forecast:
    """The forecast of the 48 hours from the one that `at` lies in; empty where there is too little history.

    history: load by hour, of which those before that hour count. What is forecast counts as history of later hours.
    """
    hour = at - at % HOUR_S
    known = {each: load for each, load in history.items() if each < hour}
    forecast: dict[int, float] = {}
    for ahead in range(hour, hour + _AHEAD_HOURS * HOUR_S, HOUR_S):
        expected = forecast_load({**known, **forecast}, ahead)
        if expected is not None:
            forecast[ahead] = expected
    return forecast


def forecast_load(history: Mapping[int, float], hour: int) -> float | None:
    """The load to expect in an hour: that of the same hour a week and two weeks before, else of the days before.

    history: load by hour. None while there are less than 24 hours of it before `hour`.
    """
    past = {each: load for each, load in history.items() if hour - MOST_DAYS * _DAY_S <= each < hour}
    if len(past) < _DAY_S // HOUR_S:
        return None
    weeks = [past[each] for each in (hour - _WEEK_S, hour - 2 * _WEEK_S) if each in past]
    days = [past[each] for each in range(hour - _DAY_S, hour - MOST_DAYS * _DAY_S - 1, -_DAY_S) if each in past]
    return fmean(weeks or days) if weeks or days else None


def predicted_count(policy: PredictivePolicy, forecast: Forecast, at: int) -> int:
    """Tasks that the forecast wants now: for the hour that runs, and for the next one once the buffer has begun."""
    hour = at - at % HOUR_S
    hours = {hour, (at + policy.buffer_s) - (at + policy.buffer_s) % HOUR_S}
    loads = [forecast[each] for each in hours if each in forecast]
    return max((math.ceil(round(load / policy.target, 9)) for load in loads), default=0)


def predicted_bounds(policy: PredictivePolicy, wanted: int, largest: int) -> tuple[int, int]:
    """The smallest count in force, and the largest.

    The forecast stops at `largest`, unless the policy lets it go beyond, with its buffer on top.
    """
    if policy.mode == "ForecastOnly":
        return 0, largest
    if policy.max_breach == "HonorMaxCapacity":
        return min(wanted, largest), largest
    raised = math.ceil(round(wanted * (1 + policy.max_buffer_percent / 100), 9))
    return wanted, max(largest, raised)
