"""The shape of `autoscaling/<service>.yaml`, as it is written; `load.py` makes a ScalingConfig of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, MinLen

from watchkeeper.autoscaling.model import (
    AdjustmentType,
    Comparison,
    HighResolution,
    MissingData,
    PredefinedMetric,
    PredictiveMetric,
    Statistic,
)
from watchkeeper.project.validate import STRICT

Tasks = Annotated[int, Ge(0), Le(5000)]
Seconds = Annotated[int, Ge(0), Le(86400)]
Target = Annotated[float, Gt(0)]
Periods = Annotated[int, Ge(1), Le(100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricText:
    """A metric of CloudWatch."""

    __pydantic_config__ = STRICT

    namespace: Annotated[str, MinLen(1)]
    name: Annotated[str, MinLen(1)]
    dimensions: Mapping[str, str] = field(default_factory=dict)
    statistic: Statistic = "Average"
    unit: str = ""
    period_s: Literal[10, 20, 30, 60, 120, 180, 300, 600, 900, 3600] = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MathText:
    """Metric math."""

    __pydantic_config__ = STRICT

    expression: Annotated[str, MinLen(1)]
    metrics: Mapping[str, MetricText]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """A target-tracking policy. Exactly one of metric, cloudwatch and math."""

    __pydantic_config__ = STRICT

    id: str
    target: Target
    metric: PredefinedMetric | None = None
    cloudwatch: MetricText | None = None
    math: MathText | None = None
    scale_out_cooldown_s: Seconds = 300
    scale_in_cooldown_s: Seconds = 300
    disable_scale_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepText:
    """One step of a step policy."""

    __pydantic_config__ = STRICT

    change: Annotated[int, Ge(-5000), Le(5000)]
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPolicyText:
    """A step-scaling policy with its alarm. Exactly one of metric, cloudwatch and math."""

    __pydantic_config__ = STRICT

    id: str
    comparison: Comparison
    threshold: float
    steps: tuple[StepText, ...]
    metric: PredefinedMetric | None = None
    cloudwatch: MetricText | None = None
    math: MathText | None = None
    periods: Periods = 1
    datapoints: Periods | None = None
    missing: MissingData = "missing"
    adjustment: AdjustmentType = "ChangeInCapacity"
    min_adjustment: Tasks = 0
    cooldown_s: Seconds = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictiveText:
    """The predictive policy."""

    __pydantic_config__ = STRICT

    metric: PredictiveMetric
    target: Target
    id: str = "forecast"
    mode: Literal["ForecastOnly", "ForecastAndScale"] = "ForecastOnly"
    buffer_s: Annotated[int, Ge(0), Le(3600)] = 300
    max_breach: Literal["HonorMaxCapacity", "IncreaseMaxCapacity"] = "HonorMaxCapacity"
    max_buffer_percent: Annotated[int, Ge(0), Le(100)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleText:
    """A scheduled action. start, end: local times of its time zone, `2027-01-31T08:00:00`."""

    __pydantic_config__ = STRICT

    id: str
    schedule: str
    timezone: str = "UTC"
    min: Tasks | None = None
    max: Tasks | None = None
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendedText:
    """What is not done for the moment."""

    __pydantic_config__ = STRICT

    scale_in: bool = False
    scale_out: bool = False
    schedules: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOverride:
    """What an environment changes of a target-tracking policy."""

    __pydantic_config__ = STRICT

    target: Target | None = None
    scale_out_cooldown_s: Seconds | None = None
    scale_in_cooldown_s: Seconds | None = None
    disable_scale_in: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPolicyOverride:
    """What an environment changes of a step policy."""

    __pydantic_config__ = STRICT

    threshold: float | None = None
    min_adjustment: Tasks | None = None
    cooldown_s: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictiveOverride:
    """What an environment changes of the predictive policy."""

    __pydantic_config__ = STRICT

    target: Target | None = None
    mode: Literal["ForecastOnly", "ForecastAndScale"] | None = None
    buffer_s: Annotated[int, Ge(0), Le(3600)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleOverride:
    """What an environment changes of a scheduled action."""

    __pydantic_config__ = STRICT

    min: Tasks | None = None
    max: Tasks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What an environment changes; policies and scheduled actions by id."""

    __pydantic_config__ = STRICT

    min: Tasks | None = None
    max: Tasks | None = None
    policies: Mapping[str, PolicyOverride] = field(default_factory=dict)
    step_policies: Mapping[str, StepPolicyOverride] = field(default_factory=dict)
    predictive: PredictiveOverride | None = None
    schedules: Mapping[str, ScheduleOverride] = field(default_factory=dict)
    suspended: SuspendedText | None = None
    high_resolution: HighResolution | None = None
    connections_per_task: Annotated[int, Ge(0)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingFile:
    """The whole file."""

    __pydantic_config__ = STRICT

    service: str
    min: Tasks
    max: Tasks
    policies: tuple[PolicyText, ...] = ()
    step_policies: tuple[StepPolicyText, ...] = ()
    predictive: PredictiveText | None = None
    schedules: tuple[ScheduleText, ...] = ()
    suspended: SuspendedText = field(default_factory=SuspendedText)
    high_resolution: HighResolution = "off"
    connections_per_task: Annotated[int, Ge(0)] = 0
    environments: Mapping[str, Override] = field(default_factory=dict)
