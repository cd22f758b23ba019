"""What Application Auto Scaling and CloudWatch answer to a ScalingConfig. Pure.

The shapes are those of DescribeScalableTargets, DescribeScalingPolicies, DescribeScheduledActions and DescribeAlarms.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from watchkeeper.autoscaling.model import (
    CloudWatchMetric,
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

Json = Mapping[str, Any]


def decode_scaling(
    target: Json, policies: Iterable[Json], actions: Iterable[Json], alarms: Sequence[Json]
) -> ScalingConfig:
    """The scaling of a service as it is deployed. alarms: those that may invoke its step policies.

    Ids are the names without the service's prefix that our constructs put before them; policies come sorted by name.
    """
    service = str(target["ResourceId"]).rpartition("/")[2]
    by_kind: dict[str, list[Json]] = {}
    for policy in sorted(policies, key=lambda each: str(each["PolicyName"])):
        by_kind.setdefault(policy["PolicyType"], []).append(policy)
    tracking = tuple(_tracking(each, service) for each in by_kind.get("TargetTrackingScaling", ()))
    steps = [_step_policy(each, service, alarms) for each in by_kind.get("StepScaling", ())]
    predictive = [_predictive(each, service) for each in by_kind.get("PredictiveScaling", ())]
    suspended = target.get("SuspendedState", {})
    return ScalingConfig(
        service=service,
        min=int(target["MinCapacity"]),
        max=int(target["MaxCapacity"]),
        policies=tracking,
        step_policies=tuple(each for each in steps if each is not None),
        predictive=predictive[0] if predictive else None,
        schedules=tuple(_action(each, service) for each in sorted(actions, key=_action_name)),
        suspended=SuspendedState(
            scale_in=bool(suspended.get("DynamicScalingInSuspended", False)),
            scale_out=bool(suspended.get("DynamicScalingOutSuspended", False)),
            schedules=bool(suspended.get("ScheduledScalingSuspended", False)),
        ),
        high_resolution="on" if any(each.period_s < 60 for each in tracking) else "off",  # noqa: PLR2004 - a minute
    )


def _action_name(body: Json) -> str:
    return str(body["ScheduledActionName"])


def _name(text: str, service: str) -> str:
    return text.removeprefix(f"{service}-")


def _tracking(body: Json, service: str) -> TargetTrackingPolicy:
    settings = body["TargetTrackingScalingPolicyConfiguration"]
    predefined = settings.get("PredefinedMetricSpecification")
    metric: Metric
    if predefined is not None:
        metric = predefined["PredefinedMetricType"]
    else:
        metric = _customized(settings["CustomizedMetricSpecification"])
    return TargetTrackingPolicy(
        id=_name(body["PolicyName"], service),
        metric=metric,
        target=float(settings["TargetValue"]),
        scale_out_cooldown_s=int(settings.get("ScaleOutCooldown", 300)),
        scale_in_cooldown_s=int(settings.get("ScaleInCooldown", 300)),
        disable_scale_in=bool(settings.get("DisableScaleIn", False)),
    )


def _customized(body: Json) -> CloudWatchMetric | MetricMath:
    queries = body.get("Metrics")
    return _math(queries) if queries else _metric(body, body.get("Statistic", "Average"), 60)


def _math(queries: Sequence[Json]) -> MetricMath:
    result = next(each for each in queries if "Expression" in each and each.get("ReturnData", True))
    parts = {}
    for each in queries:
        if "MetricStat" in each:
            stat = each["MetricStat"]
            parts[each["Id"]] = _metric(
                {**stat["Metric"], "Unit": stat.get("Unit", "")}, stat["Stat"], int(stat.get("Period", 60))
            )
    label = result.get("Label", "")
    return MetricMath(expression=result["Expression"], metrics=MappingProxyType(parts), label=label)


def _metric(body: Json, statistic: Any, period_s: int) -> CloudWatchMetric:  # noqa: ANN401 - one of a closed set
    dimensions = {each["Name"]: each["Value"] for each in body.get("Dimensions", ())}
    return CloudWatchMetric(
        namespace=body["Namespace"],
        name=body["MetricName"],
        dimensions=MappingProxyType(dimensions),
        statistic=statistic,
        unit=body.get("Unit") or "",
        period_s=period_s,
    )


def _step_policy(body: Json, service: str, alarms: Sequence[Json]) -> StepPolicy | None:
    """None for a policy that no alarm invokes: it does nothing."""
    alarm = next((each for each in alarms if body["PolicyARN"] in each.get("AlarmActions", ())), None)
    if alarm is None:
        return None
    settings = body["StepScalingPolicyConfiguration"]
    queries = alarm.get("Metrics")
    periods = int(alarm["EvaluationPeriods"])
    return StepPolicy(
        id=_name(body["PolicyName"], service),
        metric=_math(queries) if queries else _metric(alarm, alarm["Statistic"], int(alarm["Period"])),
        comparison=alarm["ComparisonOperator"],
        threshold=float(alarm["Threshold"]),
        periods=periods,
        datapoints=int(alarm.get("DatapointsToAlarm") or periods),
        missing=alarm.get("TreatMissingData") or "missing",
        adjustment=settings["AdjustmentType"],
        min_adjustment=int(settings.get("MinAdjustmentMagnitude") or 0),
        cooldown_s=int(settings.get("Cooldown", 300)),
        alarm_name=alarm["AlarmName"],
        steps=tuple(
            Step(
                change=int(each["ScalingAdjustment"]),
                lower=_number(each.get("MetricIntervalLowerBound")),
                upper=_number(each.get("MetricIntervalUpperBound")),
            )
            for each in settings["StepAdjustments"]
        ),
    )


def _predictive(body: Json, service: str) -> PredictivePolicy:
    settings = body["PredictiveScalingPolicyConfiguration"]
    (specification,) = settings["MetricSpecifications"]
    return PredictivePolicy(
        id=_name(body["PolicyName"], service),
        metric=specification["PredefinedMetricPairSpecification"]["PredefinedMetricType"],
        target=float(specification["TargetValue"]),
        mode=settings.get("Mode", "ForecastOnly"),
        buffer_s=int(settings.get("SchedulingBufferTime", 300)),
        max_breach=settings.get("MaxCapacityBreachBehavior", "HonorMaxCapacity"),
        max_buffer_percent=int(settings.get("MaxCapacityBuffer") or 0),
    )


def _action(body: Json, service: str) -> ScheduledAction:
    bounds = body.get("ScalableTargetAction", {})
    return ScheduledAction(
        id=_name(body["ScheduledActionName"], service),
        schedule=parse_schedule(body["Schedule"]),
        timezone=body.get("Timezone") or "UTC",
        min=_whole(bounds.get("MinCapacity")),
        max=_whole(bounds.get("MaxCapacity")),
        starts_at=_seconds(body.get("StartTime")),
        ends_at=_seconds(body.get("EndTime")),
    )


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _whole(value: object) -> int | None:
    return None if value is None else int(float(str(value)))


def _seconds(value: object) -> int | None:
    if value is None:
        return None
    return int(value.timestamp()) if isinstance(value, datetime) else _whole(value)
