"""The bound of the values to come. Pure; an approximation of `forecast()`.

linear: a straight line through the history; of the model `simple` through the medians of its slopes, of `reactive`
through its last quarter. seasonal: the median of the same moment in past seasons, moved by how much a season grows.
The band is as wide as what remained of the history. Source of the families: Datadog documentation, "Forecasts monitor".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from watchkeeper.query.forms import MonitorQuery
from watchkeeper.query.line_functions import least_squares, theil_sen
from watchkeeper.query.reduction import NAN, median
from watchkeeper.query.settings import ForecastSettings

_WEEK_S: Final = 7 * 86_400
_SEASON_S: Final = {"hourly": 3600, "daily": 86_400, "weekly": _WEEK_S}
_FEWEST_POINTS: Final = 5
_MAX_PAIRED: Final = 200
_MAD_TO_SIGMA: Final = 1.4826
_POINTS_AHEAD: Final = 100
_SEASONS: Final = 3


@dataclass(frozen=True, slots=True)
class ForecastPlan:
    """How a line is prolonged. Lengths in points of interval_s. is_upper: which bound of the band is compared."""

    settings: ForecastSettings
    interval_s: int
    history_points: int
    points_ahead: int
    season: int
    is_upper: bool


def forecast_plan(settings: ForecastSettings, query: MonitorQuery) -> ForecastPlan:
    """The plan for a call of `forecast` in a monitor; its window is the one that is looked ahead."""
    step_s = settings.interval_s or max(60, query.window_s // _POINTS_AHEAD // 60 * 60)
    season = 0
    history_s = settings.history.seconds if settings.history else _WEEK_S
    if settings.algorithm == "seasonal":
        season_s = _SEASON_S[settings.seasonality or "daily"]
        season = max(1, season_s // step_s)
        history_s = max(history_s, _SEASONS * season_s)
    is_upper = query.comparator in (">", ">=")
    ahead = max(1, query.window_s // step_s)
    return ForecastPlan(settings, step_s, max(_FEWEST_POINTS, history_s // step_s), ahead, season, is_upper)


def bound_of_forecast(plan: ForecastPlan, values: Sequence[float]) -> float:
    """The highest upper or the lowest lower bound in the time to come; NaN with too short a history."""
    expected, sigma = _seasonal(plan, values) if plan.season else _linear(plan, values)
    if not expected:
        return NAN
    room = plan.settings.deviations * sigma
    return max(expected) + room if plan.is_upper else min(expected) - room


def _linear(plan: ForecastPlan, values: Sequence[float]) -> tuple[list[float], float]:
    points = [(float(index), value) for index, value in enumerate(values) if not math.isnan(value)]
    if plan.settings.model == "reactive":
        points = points[-max(_FEWEST_POINTS, len(points) // 4) :]
    if len(points) < _FEWEST_POINTS:
        return [], NAN
    if plan.settings.model == "simple":
        slope, level = theil_sen(points[:: len(points) // _MAX_PAIRED + 1])
    else:
        slope, level = least_squares(points)
    rest = [value - (slope * index + level) for index, value in points]
    last = len(values)
    # A line has its extremes at its ends.
    ahead = [slope * index + level for index in (last, last + plan.points_ahead - 1)]
    return ahead, _sigma(rest)


def _seasonal(plan: ForecastPlan, values: Sequence[float]) -> tuple[list[float], float]:
    season = plan.season
    seasons = [values[max(0, at - season) : at] for at in range(len(values), season - 1, -season)][:_SEASONS]
    known = [[value for value in each if not math.isnan(value)] for each in seasons]
    levels = [median(each) for each in known if each]
    if len(levels) < 2:  # noqa: PLR2004 - growth needs two
        return [], NAN
    growth = median([later - earlier for later, earlier in pairwise(levels)])
    shape: list[float] = []
    rest: list[float] = []
    for phase in range(season):
        moved = [each[phase] + growth * back for back, each in enumerate(seasons) if len(each) == season]
        present = [value for value in moved if not math.isnan(value)]
        shape.append(median(present) if present else NAN)
        rest += [value - shape[-1] for value in present]
    ahead = [shape[step % season] + growth * (step // season + 1) for step in range(plan.points_ahead)]
    return [value for value in ahead if not math.isnan(value)], _sigma(rest)


def _sigma(rest: Sequence[float]) -> float:
    centre = median(rest) if rest else NAN
    return _MAD_TO_SIGMA * median([abs(each - centre) for each in rest]) if rest else NAN
