"""The band in which a point is expected, from the points before it. Pure; an approximation of `anomalies()`.

basic: the median of the query's window, and the spread of its quartiles. agile and robust: the median of the same
moment in the three seasons before, and the spread of what remained; agile follows the level of the last points, robust
does not. A point is judged once, by its past alone. Source of the families: Datadog documentation, "Anomaly monitor".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from watchkeeper.query.reduction import NAN, median, percentile
from watchkeeper.query.settings import AnomalySettings

SEASONS: Final = 3
"""How many seasons back are looked at; Datadog asks for as many of data."""
_FEWEST_SEASONS: Final = 2
_SEASON_S: Final = {"hourly": 3600, "daily": 86_400, "weekly": 7 * 86_400}
_LEVEL_POINTS: Final = 12
_SPREAD_POINTS: Final = 288
_FEWEST_POINTS: Final = 5
_QUARTILES_TO_SIGMA: Final = 1.349
_MAD_TO_SIGMA: Final = 1.4826
_DEFAULT_INTERVAL_S: Final = 60


@dataclass(frozen=True, slots=True)
class AnomalyPlan:
    """How points are judged. Lengths in points of interval_s.

    season: 0 for `basic`. reach: how many points before one are needed to judge it.
    """

    settings: AnomalySettings
    interval_s: int
    alert_points: int
    season: int
    reach: int

    def prepared(self, values: Sequence[float]) -> Sequence[float]:
        """The values to judge; silence of a counter may be told to mean zero."""
        if not self.settings.counts_missing_as_zero:
            return values
        return [0.0 if math.isnan(value) else value for value in values]


def anomaly_plan(settings: AnomalySettings, window_s: int) -> AnomalyPlan:
    """The plan for a call of `anomalies` in a monitor with that window."""
    step_s = settings.interval_s or _DEFAULT_INTERVAL_S
    alert_s = settings.alert_window.seconds if settings.alert_window else window_s
    alert_points = max(1, alert_s // step_s)
    if settings.algorithm == "basic":
        return AnomalyPlan(settings, step_s, alert_points, 0, max(_FEWEST_POINTS, window_s // step_s))
    season = max(1, _SEASON_S[settings.seasonality or "daily"] // step_s)
    return AnomalyPlan(settings, step_s, alert_points, season, SEASONS * season + min(season, _SPREAD_POINTS))


def judged(plan: AnomalyPlan, values: Sequence[float]) -> list[float]:
    """For each point what its seasons make one expect; NaN where too few of them have a value, and for `basic`."""
    if not plan.season:
        return [NAN] * len(values)
    found = [NAN] * len(values)
    for index in range(len(values)):
        before = [values[at] for at in range(index - plan.season, -1, -plan.season)[:SEASONS]]
        present = [value for value in before if not math.isnan(value)]
        if len(present) >= _FEWEST_SEASONS:
            found[index] = median(present)
    return found


def is_anomalous(plan: AnomalyPlan, values: Sequence[float], expected: Sequence[float], index: int) -> bool | None:
    """Whether a point lies outside of its band; None where it has no value, or no past to be judged by."""
    value = values[index]
    if math.isnan(value):
        return None
    band = _seasonal_band(plan, values, expected, index) if plan.season else _basic_band(plan, values, index)
    if band is None:
        return None
    centre, sigma = band
    room = plan.settings.deviations * sigma
    is_above, is_below = value > centre + room, value < centre - room
    match plan.settings.direction:
        case "above":
            return is_above
        case "below":
            return is_below
        case _:
            return is_above or is_below


def _basic_band(plan: AnomalyPlan, values: Sequence[float], index: int) -> tuple[float, float] | None:
    past = [value for value in values[max(0, index - plan.reach) : index] if not math.isnan(value)]
    if len(past) < _FEWEST_POINTS:
        return None
    return median(past), (percentile(past, 75) - percentile(past, 25)) / _QUARTILES_TO_SIGMA


def _seasonal_band(
    plan: AnomalyPlan, values: Sequence[float], expected: Sequence[float], index: int
) -> tuple[float, float] | None:
    if math.isnan(expected[index]):
        return None
    first = max(0, index - min(plan.season, _SPREAD_POINTS))
    rest = [values[at] - expected[at] for at in range(first, index)]
    known = [each for each in rest if not math.isnan(each)]
    if len(known) < _FEWEST_POINTS:
        return None
    level = 0.0
    if plan.settings.algorithm != "robust":
        recent = [each for each in rest[-_LEVEL_POINTS:] if not math.isnan(each)]
        level = median(recent) if recent else 0.0
    centre = median(known)
    return expected[index] + level, _MAD_TO_SIGMA * median([abs(each - centre) for each in known])
