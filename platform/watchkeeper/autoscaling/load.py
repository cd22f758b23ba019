"""`autoscaling/<service>.yaml` to the scaling of a service in an environment; every problem of the file at once."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from watchkeeper.autoscaling.checks import problems_of
from watchkeeper.autoscaling.file import (
    MathText,
    MetricText,
    Override,
    PolicyText,
    PredictiveText,
    ScalingFile,
    ScheduleText,
    StepPolicyText,
)
from watchkeeper.autoscaling.model import (
    STANDARD_RESOLUTION,
    CloudWatchMetric,
    HighResolution,
    Metric,
    MetricMath,
    PredictivePolicy,
    ScalingConfig,
    ScheduledAction,
    Step,
    StepPolicy,
    SuspendedState,
    TargetTrackingPolicy,
)
from watchkeeper.autoscaling.schedule import parse_schedule
from watchkeeper.errors import ConfigError, Location
from watchkeeper.project.source import Document, KeyPath, read_document
from watchkeeper.project.validate import locate_in, validate

FOLDER: Final = "autoscaling"
T = TypeVar("T", PolicyText, StepPolicyText, PredictiveText, ScheduleText)


@dataclass(frozen=True, slots=True)
class Declared:
    """The scaling of a service in an environment, and where each value of it stands."""

    config: ScalingConfig
    document: Document
    env: str

    def where(self, *path: str) -> Location:
        """The place of a value, `"min"` or `"policies", "cpu", "target"`: in the override where it has one."""
        override: KeyPath = ("environments", self.env, *path)
        place, depth = self.document.find(override)
        if depth == len(override):
            return place
        return self.document.at(_by_position(self.document.data, path))

    def written_metrics(self) -> dict[str, str]:
        """The predefined metric of each policy as the file has it, before the resolution is applied."""
        policies = [*self.document.data.get("policies", ()), *self.document.data.get("step_policies", ())]
        return {policy["id"]: policy["metric"] for policy in policies if "metric" in policy}


def _by_position(data: Mapping[str, Any], path: tuple[str, ...]) -> KeyPath:
    """A path by ids as a path by positions in the file's lists."""
    given = data.get(path[0])
    if len(path) > 1 and isinstance(given, list):
        for index, item in enumerate(given):
            if isinstance(item, Mapping) and item.get("id") == path[1]:
                return (path[0], index, *path[2:])
    return path


def scaling_file(service: str) -> str:
    """The scaling file of a service, relative to the project's root."""
    return f"{FOLDER}/{service}.yaml"


def load_scaling(
    root: Path, service: str, env: str, *, known_environments: Collection[str] | None = None
) -> ScalingConfig:
    """The scaling of `service` in `env`, overrides applied.

    known_environments: where given, an override for any other environment is a problem.
    Raises ConfigError with every problem of the file, those of other environments' overrides too.
    """
    return load_declared(root, service, env, known_environments=known_environments).config


def load_declared(root: Path, service: str, env: str, *, known_environments: Collection[str] | None = None) -> Declared:
    """As `load_scaling`, with the places."""
    document = read_document(root, scaling_file(service))
    return Declared(build_scaling(document, service, env, known_environments), document, env)


def build_scaling(
    document: Document, service: str, env: str, known_environments: Collection[str] | None = None
) -> ScalingConfig:
    """The scaling from an already parsed file. Raises ConfigError with every problem."""
    file = validate(ScalingFile, document.data, locate_in((document, ())), what=document.file)
    problems = list(problems_of(document, file, service, known_environments))
    if problems:
        raise ConfigError(problems)
    return _config(file, file.environments.get(env, Override()))


def _config(file: ScalingFile, own: Override) -> ScalingConfig:
    predictive = file.predictive
    resolution = own.high_resolution or file.high_resolution
    return ScalingConfig(
        service=file.service,
        min=file.min if own.min is None else own.min,
        max=file.max if own.max is None else own.max,
        policies=tuple(_tracking(_merged(each, own.policies.get(each.id)), resolution) for each in file.policies),
        step_policies=tuple(
            _steps(_merged(each, own.step_policies.get(each.id)), resolution) for each in file.step_policies
        ),
        predictive=PredictivePolicy(**_values(_merged(predictive, own.predictive))) if predictive else None,
        schedules=tuple(_scheduled(_merged(each, own.schedules.get(each.id))) for each in file.schedules),
        suspended=SuspendedState(**asdict(own.suspended or file.suspended)),
        high_resolution=resolution,
        connections_per_task=(
            file.connections_per_task if own.connections_per_task is None else own.connections_per_task
        ),
    )


def _values(text: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    return {each.name: getattr(text, each.name) for each in fields(text)}


def _merged(text: T, own: object | None) -> T:
    changes = {} if own is None else {name: value for name, value in _values(own).items() if value is not None}
    return type(text)(**{**_values(text), **changes})


def _tracking(text: PolicyText, resolution: HighResolution) -> TargetTrackingPolicy:
    return TargetTrackingPolicy(
        id=text.id,
        metric=_metric(text, resolution),
        target=text.target,
        scale_out_cooldown_s=text.scale_out_cooldown_s,
        scale_in_cooldown_s=text.scale_in_cooldown_s,
        disable_scale_in=text.disable_scale_in,
    )


def _steps(text: StepPolicyText, resolution: HighResolution) -> StepPolicy:
    return StepPolicy(
        id=text.id,
        metric=_metric(text, resolution),
        comparison=text.comparison,
        threshold=text.threshold,
        steps=tuple(Step(change=each.change, lower=each.lower, upper=each.upper) for each in text.steps),
        periods=text.periods,
        datapoints=text.periods if text.datapoints is None else text.datapoints,
        missing=text.missing,
        adjustment=text.adjustment,
        min_adjustment=text.min_adjustment,
        cooldown_s=text.cooldown_s,
    )


def _metric(text: PolicyText | StepPolicyText, resolution: HighResolution) -> Metric:
    """Until high resolution is on, the same thing at 60 seconds."""
    if text.metric is not None:
        return text.metric if resolution == "on" else STANDARD_RESOLUTION.get(text.metric, text.metric)
    if text.cloudwatch is not None:
        return _cloudwatch(text.cloudwatch)
    assert text.math is not None
    return _math(text.math)


def _cloudwatch(text: MetricText) -> CloudWatchMetric:
    return CloudWatchMetric(**{**_values(text), "dimensions": MappingProxyType(dict(text.dimensions))})


def _math(text: MathText) -> MetricMath:
    metrics = MappingProxyType({name: _cloudwatch(metric) for name, metric in text.metrics.items()})
    return MetricMath(expression=text.expression, metrics=metrics, label=text.label)


def _scheduled(text: ScheduleText) -> ScheduledAction:
    return ScheduledAction(
        id=text.id,
        schedule=parse_schedule(text.schedule),
        timezone=text.timezone,
        min=text.min,
        max=text.max,
        starts_at=_seconds(text.start, text.timezone),
        ends_at=_seconds(text.end, text.timezone),
    )


def _seconds(local: str | None, timezone: str) -> int | None:
    if local is None:
        return None
    return int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(timezone)).timestamp())
