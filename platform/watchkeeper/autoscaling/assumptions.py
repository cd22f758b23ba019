"""What AWS does not document about target tracking, as named parameters. Calibrate them against a real history."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Each default is the natural reading of the documentation.

    datapoint: which value of the metric enters the formula, the newest or the mean of the alarm's periods.
    scale_in_mode: all of the surplus at once, at most `scale_in_fraction` of the tasks, or one task.
    low_periods_20s: datapoints of 20 s that must lie below for a scale-in of a high-resolution policy.
    blocks_in_after_out: a scale-out cooldown holds back scale-in too.
    """

    datapoint: Literal["last", "mean"] = "last"
    scale_in_mode: Literal["proportional", "max_fraction", "one"] = "proportional"
    scale_in_fraction: float = 0.5
    low_periods_20s: int = 45
    blocks_in_after_out: bool = False


DEFAULT = Assumptions()
