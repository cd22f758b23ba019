"""Scaling of one service as its file declares it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt

from watchkeeper.project.validate import STRICT

PredefinedMetric = Literal[
    "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization", "ALBRequestCountPerTarget"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTrackingPolicy:
    """Keep a metric near a target.

    target: percent of what the tasks reserve, or requests per target **per minute**. Cooldowns in seconds; AWS's
    defaults for ECS. Source: Application Auto Scaling user guide, "Target tracking scaling policies".
    """

    __pydantic_config__ = STRICT

    id: str
    metric: PredefinedMetric
    target: Annotated[float, Gt(0)]
    scale_out_cooldown_s: Annotated[int, Ge(0)] = 300
    scale_in_cooldown_s: Annotated[int, Ge(0)] = 300
    disable_scale_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingConfig:
    """Task counts between min and max, moved by the policies."""

    __pydantic_config__ = STRICT

    service: str
    min: Annotated[int, Ge(0)]
    max: Annotated[int, Ge(1)]
    policies: Sequence[TargetTrackingPolicy]
