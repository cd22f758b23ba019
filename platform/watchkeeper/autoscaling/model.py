"""How a service follows its load: bounds, policies and scheduled actions, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from watchkeeper.autoscaling.schedule import Schedule

PredefinedMetric = Literal[
    "ECSServiceAverageCPUUtilization",
    "ECSServiceAverageMemoryUtilization",
    "ECSServiceAverageCPUUtilizationHighResolution",
    "ECSServiceAverageMemoryUtilizationHighResolution",
    "ALBRequestCountPerTarget",
]
"""The metrics of an ECS service that Application Auto Scaling knows by name, spelled as in its API."""

REQUESTS: Final = "ALBRequestCountPerTarget"

STANDARD_RESOLUTION: Final[Mapping[str, PredefinedMetric]] = MappingProxyType(
    {
        "ECSServiceAverageCPUUtilizationHighResolution": "ECSServiceAverageCPUUtilization",
        "ECSServiceAverageMemoryUtilizationHighResolution": "ECSServiceAverageMemoryUtilization",
    }
)
"""The 20-second metrics, and what the same thing is called at 60 seconds."""

PERCENT_METRICS: Final[frozenset[str]] = frozenset((*STANDARD_RESOLUTION, *STANDARD_RESOLUTION.values()))

PredictiveMetric = Literal["ECSServiceCPUUtilization", "ECSServiceMemoryUtilization", "ALBRequestCount"]
"""The metric pairs (load, and load per task) that predictive scaling knows by name."""

Statistic = Literal["Average", "Minimum", "Maximum", "SampleCount", "Sum"]
Comparison = Literal[
    "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"
]
MissingData = Literal["missing", "ignore", "breaching", "notBreaching"]
AdjustmentType = Literal["ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity"]
HighResolution = Literal["off", "prepare", "on"]
"""`off`: all at 60 s. `prepare`: the service publishes every 20 s, policies read every 60 s. `on`: all at 20 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudWatchMetric:
    """Any metric of CloudWatch.

    dimensions: a value `$cluster`, `$service`, `$load_balancer` or `$target_group` is the name of what is deployed.
    period_s: 60 for target tracking, which knows no other.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    statistic: Statistic = "Average"
    unit: str = ""
    period_s: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricMath:
    """A value computed from metrics. expression: CloudWatch metric math over the ids that are the keys of `metrics`."""

    expression: str
    metrics: Mapping[str, CloudWatchMetric]
    label: str = ""


Metric = PredefinedMetric | CloudWatchMetric | MetricMath


def is_high_resolution(metric: Metric) -> bool:
    """Whether it is one of the 20-second metrics of ECS."""
    return isinstance(metric, str) and metric in STANDARD_RESOLUTION


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTrackingPolicy:
    """Keep a metric near a target by adding and removing tasks.

    target: percent of what the tasks reserve, or requests per target and minute for ALBRequestCountPerTarget.
    Cooldowns in seconds; 300 is the default of Application Auto Scaling for ECS.
    """

    id: str
    metric: Metric
    target: float
    scale_out_cooldown_s: int = 300
    scale_in_cooldown_s: int = 300
    disable_scale_in: bool = False

    @property
    def period_s(self) -> int:
        """How long one datapoint is: 20 s for a high-resolution metric, else 60 s."""
        return 20 if is_high_resolution(self.metric) else 60

    @property
    def metric_name(self) -> str:
        """What to call the metric in a sentence."""
        if isinstance(self.metric, CloudWatchMetric):
            return self.metric.name
        return self.metric.label or self.metric.expression if isinstance(self.metric, MetricMath) else self.metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An adjustment for breaches of one size.

    lower, upper: distance of the metric from the alarm's threshold, negative below it; None is without end.
    change: tasks, percent of the running tasks, or the exact count, as the policy's adjustment type says.
    """

    change: int
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPolicy:
    """Step scaling with the alarm that triggers it.

    periods, datapoints: the alarm needs `datapoints` of the newest `periods` to breach. min_adjustment: smallest change
    in tasks of a PercentChangeInCapacity; 0 for none. alarm_name: where it is deployed; empty for the one that our
    constructs give.
    """

    id: str
    metric: Metric
    comparison: Comparison
    threshold: float
    steps: tuple[Step, ...]
    periods: int = 1
    datapoints: int = 1
    missing: MissingData = "missing"
    adjustment: AdjustmentType = "ChangeInCapacity"
    min_adjustment: int = 0
    cooldown_s: int = 300
    alarm_name: str = ""

    @property
    def period_s(self) -> int:
        """How long one datapoint is."""
        if isinstance(self.metric, CloudWatchMetric):
            return self.metric.period_s
        if isinstance(self.metric, MetricMath):
            return max(each.period_s for each in self.metric.metrics.values())
        return 20 if is_high_resolution(self.metric) else 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictivePolicy:
    """Predictive scaling: forecasts the load of every hour, and has the tasks for it running when the hour begins.

    target: of the metric per task. buffer_s: how long before the hour the tasks are started. max_buffer_percent: above
    the forecast, where `max_breach` lets it exceed the maximum.
    """

    id: str
    metric: PredictiveMetric
    target: float
    mode: Literal["ForecastOnly", "ForecastAndScale"] = "ForecastOnly"
    buffer_s: int = 300
    max_breach: Literal["HonorMaxCapacity", "IncreaseMaxCapacity"] = "HonorMaxCapacity"
    max_buffer_percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledAction:
    """New bounds at a time. min, max: None leaves what is in force. starts_at, ends_at: Unix seconds, None for always.

    timezone: an IANA name; the schedule is read in it, daylight saving included.
    """

    id: str
    schedule: Schedule
    timezone: str = "UTC"
    min: int | None = None
    max: int | None = None
    starts_at: int | None = None
    ends_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendedState:
    """What Application Auto Scaling does not do for the moment."""

    scale_in: bool = False
    scale_out: bool = False
    schedules: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingConfig:
    """The scaling of one service in one environment. min, max: numbers of tasks, min <= max.

    connections_per_task: to the database, at most; 0 where it is not known.
    """

    service: str
    min: int
    max: int
    policies: tuple[TargetTrackingPolicy, ...]
    step_policies: tuple[StepPolicy, ...] = ()
    predictive: PredictivePolicy | None = None
    schedules: tuple[ScheduledAction, ...] = ()
    suspended: SuspendedState = field(default_factory=SuspendedState)
    high_resolution: HighResolution = "off"
    connections_per_task: int = 0
