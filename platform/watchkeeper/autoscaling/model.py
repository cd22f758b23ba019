"""How a service follows its load: bounds and target-tracking policies, as frozen values."""

from dataclasses import dataclass
from typing import Final, Literal

PredefinedMetric = Literal[
    "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"
]
"""The metrics that Application Auto Scaling knows by name, spelled as in its API."""

PERCENT_METRICS: Final[frozenset[str]] = frozenset(
    ("ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTrackingPolicy:
    """Keep a metric near a target by adding and removing tasks.

    target: percent of what the tasks reserve, or requests per target and minute for ALBRequestCountPerTarget.
    Cooldowns in seconds; 300 is the default of Application Auto Scaling for ECS.
    """

    id: str
    metric: PredefinedMetric
    target: float
    scale_out_cooldown_s: int = 300
    scale_in_cooldown_s: int = 300
    disable_scale_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingConfig:
    """The scaling of one service in one environment. min, max: numbers of tasks, min <= max."""

    service: str
    min: int
    max: int
    policies: tuple[TargetTrackingPolicy, ...]
