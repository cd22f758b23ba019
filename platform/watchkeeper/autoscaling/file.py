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
    """A metric of CloudWatch.

    namespace: as CloudWatch spells it, `AWS/SQS`. name: CloudWatch's name of the metric. dimensions: name to value;
    `$cluster`, `$service`, `$load_balancer` and `$target_group` become the names of what is deployed. statistic:
    what is taken of the values of a period. unit: only values of this unit of CloudWatch's; empty for whichever
    comes. period_s: seconds of a period; target tracking knows 60 only.
    """

    __pydantic_config__ = STRICT

    namespace: Annotated[str, MinLen(1)]
    name: Annotated[str, MinLen(1)]
    dimensions: Mapping[str, str] = field(default_factory=dict)
    statistic: Statistic = "Average"
    unit: str = ""
    period_s: Literal[10, 20, 30, 60, 120, 180, 300, 600, 900, 3600] = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MathText:
    """Metric math: one value from several metrics. It must fall as tasks are added.

    expression: CloudWatch metric math over the keys of `metrics`. metrics: by the id that the expression uses.
    label: how the value is called; empty for the expression.
    """

    __pydantic_config__ = STRICT

    expression: Annotated[str, MinLen(1)]
    metrics: Mapping[str, MetricText]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """A target-tracking policy. Exactly one of `metric`, `cloudwatch` and `math`.

    id: lower-case letters, digits, `-`; unique among all policies of the file. target: percent of what the tasks
    reserve; requests a minute and task; or the unit of your metric. metric: one that Application Auto Scaling knows
    by name. cloudwatch: any metric of CloudWatch, instead of `metric`. math: metric math, instead of `metric`.
    scale_out_cooldown_s: seconds after a scale-out in which only a larger one is allowed, and only the difference
    is added. scale_in_cooldown_s: seconds after a scale-in without another one; a scale-out ends it.
    disable_scale_in: the policy adds tasks and takes none away.
    """

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
    """One step of a step policy.

    change: tasks, or percent, or the count itself, as `adjustment` says; negative takes tasks away. lower, upper:
    distance from the threshold, negative below it; without one the step has no end on that side.
    """

    __pydantic_config__ = STRICT

    change: Annotated[int, Ge(-5000), Le(5000)]
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPolicyText:
    """A step-scaling policy with its alarm. Exactly one of `metric`, `cloudwatch` and `math`.

    id: lower-case letters, digits, `-`; unique among all policies of the file. comparison: how the value compares
    with the threshold in alarm, as CloudWatch spells it. threshold: the alarm's, in the unit of the metric. steps:
    what is done at which distance from the threshold, without holes and overlaps. metric: one that Application Auto
    Scaling knows by name. cloudwatch: any metric of CloudWatch, instead of `metric`. math: metric math, instead of
    `metric`. periods: how many of the newest datapoints the alarm looks at. datapoints: how many of them must
    breach; all where it is left out. missing: what a missing datapoint counts as, in CloudWatch's words.
    adjustment: what `change` of a step means. min_adjustment: tasks that a percentage adds or takes at least.
    cooldown_s: seconds after a scale-out in which only a larger one is allowed, and only the difference is added;
    after a scale-in no other one.
    """

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
    """The predictive policy: it raises the count to what the forecast of the hour wants, and never lowers it.

    metric: the pair of load and load per task that AWS forecasts. target: what a task carries, in the unit of the
    metric: percent, or requests. id: of the policy; unique among all policies of the file. mode: `ForecastOnly`
    shows what it would do. buffer_s: seconds before the hour at which the tasks are started. max_breach: whether
    the forecast may exceed `max`. max_buffer_percent: how much above the forecast the count goes, where it may
    exceed `max`.
    """

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
    """A scheduled action. It sets `min`, `max` or both, until another one does.

    id: unique among the actions of the file. schedule: `cron(minutes hours day-of-month month day-of-week year)`,
    `rate(5 minutes)` or `at(2027-01-31T08:00:00)`, as AWS spells them. timezone: in which the schedule is read, an
    IANA name. min: tasks, from then on. max: tasks, from then on. start: local time of the time zone from which it
    runs, `2027-01-31T08:00:00`; at once where left out. end: local time of the time zone until which it runs; for
    ever where left out.
    """

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
    """What Application Auto Scaling does not do for the moment.

    scale_in: no policy takes tasks away. scale_out: no policy adds tasks. schedules: no scheduled action runs.
    """

    __pydantic_config__ = STRICT

    scale_in: bool = False
    scale_out: bool = False
    schedules: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOverride:
    """What an environment changes of a target-tracking policy.

    target, scale_out_cooldown_s, scale_in_cooldown_s and disable_scale_in: instead of the policy's own.
    """

    __pydantic_config__ = STRICT

    target: Target | None = None
    scale_out_cooldown_s: Seconds | None = None
    scale_in_cooldown_s: Seconds | None = None
    disable_scale_in: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPolicyOverride:
    """What an environment changes of a step policy.

    threshold, min_adjustment and cooldown_s: instead of the policy's own.
    """

    __pydantic_config__ = STRICT

    threshold: float | None = None
    min_adjustment: Tasks | None = None
    cooldown_s: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictiveOverride:
    """What an environment changes of the predictive policy.

    target, mode and buffer_s: instead of the policy's own.
    """

    __pydantic_config__ = STRICT

    target: Target | None = None
    mode: Literal["ForecastOnly", "ForecastAndScale"] | None = None
    buffer_s: Annotated[int, Ge(0), Le(3600)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleOverride:
    """What an environment changes of a scheduled action.

    min and max: instead of the action's own.
    """

    __pydantic_config__ = STRICT

    min: Tasks | None = None
    max: Tasks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What an environment changes.

    policies, step_policies and schedules: what differs of those of the file, by their ids. predictive: what differs
    of the predictive policy. min, max, suspended, high_resolution and connections_per_task: instead of the file's
    own.
    """

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
    """How one service follows its load, in every environment.

    service: its id in `watchkeeper.yaml`. min: the fewest tasks. max: the most tasks. policies: target tracking;
    the service scales out when any policy asks for it, and in when every one does that may. step_policies: step
    scaling, each with an alarm of its own. predictive: predictive scaling, one policy at most. schedules: scheduled
    actions, which change `min` and `max`. suspended: what is not done for the moment. high_resolution: whether
    ECS's metrics come every 20 seconds; `prepare` publishes them, `on` has the policies read them.
    connections_per_task: to the database, at most; 0 where it is not known. environments: what an environment
    changes, by its name.
    """

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
