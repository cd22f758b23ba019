"""AWS target tracking: a metric and its target to a count. Pure.

Source: Application Auto Scaling user guide and Amazon ECS developer guide, "Target tracking" (read 2026-11). What they
leave open is named in `assumptions.py`.
"""

import math
from collections.abc import Sequence
from statistics import fmean

from watchkeeper.autoscaling.assumptions import Assumptions


def wanted_count(value: float, target: float, running: int) -> int:
    """ceil(running x value / target): up when scaling out, and as little as possible removed when scaling in.

    value and target share a unit. running: tasks in service, not those asked for.
    """
    # Away from the last digit of a binary fraction: 3 x 50 / 50 is 3.
    return math.ceil(round(running * value / target, 9))


def metric_value(datapoints: Sequence[float | None], periods: int, assumptions: Assumptions) -> float | None:
    """The value that enters the formula; None when there is none. periods: of the alarm."""
    if assumptions.datapoint == "mean":
        present = [value for value in datapoints[-periods:] if value is not None]
        return fmean(present) if present else None
    return next((value for value in reversed(datapoints) if value is not None), None)


def reduced(wanted: int, desired: int, assumptions: Assumptions) -> int:
    """How far one scale-in goes, when the metric asks for `wanted` of the `desired` tasks."""
    match assumptions.scale_in_mode:
        case "proportional":
            return wanted
        case "one":
            return max(wanted, desired - 1)
        case "max_fraction":
            return max(wanted, desired - max(1, math.floor(desired * assumptions.scale_in_fraction)))


def tasks_before_scale_in(running: int, target: float) -> float:
    """Below which value `running` tasks become one less: the dead band in which a small service stays oversized."""
    return min(target * (running - 1) / running, target * 0.9)
