"""Scalable targets and scaling policies in CloudFormation templates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ministack.services.cloudformation import provisioners

from . import autoscaling

Json = dict[str, Any]


_WHOLE = frozenset(
    (
        "MinCapacity",
        "MaxCapacity",
        "ScaleInCooldown",
        "ScaleOutCooldown",
        "Cooldown",
        "MinAdjustmentMagnitude",
        "ScalingAdjustment",
        "SchedulingBufferTime",
        "MaxCapacityBuffer",
    )
)
_NUMBERS = frozenset(("TargetValue", "MetricIntervalLowerBound", "MetricIntervalUpperBound"))
_TRUTHS = frozenset(
    (
        "DisableScaleIn",
        "ReturnData",
        "DynamicScalingInSuspended",
        "DynamicScalingOutSuspended",
        "ScheduledScalingSuspended",
    )
)


def create_target(_logical_id: str | None, props: Mapping[str, Any], _stack: str, *_rest: object) -> tuple[str, Json]:
    """AWS::ApplicationAutoScaling::ScalableTarget; the template's scheduled actions are all that it has afterwards."""
    given = _typed({name: value for name, value in props.items() if name != "Tags"})
    autoscaling.register_target(given)
    key = autoscaling.target_key(given)
    actions = given.get("ScheduledActions", [])
    autoscaling.delete_schedules(key, but=[action["ScheduledActionName"] for action in actions])
    about = dict(zip(("ServiceNamespace", "ResourceId", "ScalableDimension"), key, strict=True))
    for action in actions:
        times = {name: _epoch(action[name]) for name in ("StartTime", "EndTime") if action.get(name)}
        autoscaling.put_schedule({**about, **action, **times})
    return "|".join((given["ResourceId"], given["ScalableDimension"], given["ServiceNamespace"])), {}


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def delete_target(physical_id: str, _props: Mapping[str, Any]) -> None:
    """With its policies."""
    resource, dimension, namespace = physical_id.split("|")
    given = {"ServiceNamespace": namespace, "ResourceId": resource, "ScalableDimension": dimension}
    if autoscaling.target_key(given) in autoscaling.TARGETS:
        autoscaling.deregister(given)


def create_policy(_logical_id: str | None, props: Mapping[str, Any], _stack: str, *_rest: object) -> tuple[str, Json]:
    """AWS::ApplicationAutoScaling::ScalingPolicy."""
    given = _typed(dict(props))
    if given.get("ScalingTargetId"):
        names = ("ResourceId", "ScalableDimension", "ServiceNamespace")
        given |= dict(zip(names, given.pop("ScalingTargetId").split("|"), strict=True))
    arn = autoscaling.put_policy(given)["PolicyARN"]
    return arn, {"Arn": arn}


def delete_policy(physical_id: str, _props: Mapping[str, Any]) -> None:
    """One that is gone with its target already is no error."""
    for key, policy in list(autoscaling.POLICIES.items()):
        if policy["PolicyARN"] == physical_id:
            autoscaling.POLICIES.pop(key)


def update_policy(
    physical_id: str, _before: Mapping[str, Any], props: Mapping[str, Any], stack: str
) -> tuple[str, Json]:
    """A policy of another name replaces the one before."""
    arn, attributes = create_policy(None, props, stack)
    if arn != physical_id:
        delete_policy(physical_id, props)
    return arn, attributes


def _typed(value: Any, name: str = "") -> Any:  # noqa: ANN401 - a JSON value
    """CloudFormation's texts as the numbers and truths that the API gives, by the name of the property."""
    if isinstance(value, Mapping):
        return {key: _typed(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    if name in _WHOLE:
        return int(float(value))
    if name in _NUMBERS:
        return float(value)
    return str(value).lower() == "true" if name in _TRUTHS else value


def register() -> None:
    """Add the two types."""
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::ApplicationAutoScaling::ScalableTarget"] = {
        "create": create_target,
        "update": lambda _physical_id, _before, props, stack: create_target(None, props, stack),
        "delete": delete_target,
    }
    handlers["AWS::ApplicationAutoScaling::ScalingPolicy"] = {
        "create": create_policy,
        "update": update_policy,
        "delete": delete_policy,
    }
