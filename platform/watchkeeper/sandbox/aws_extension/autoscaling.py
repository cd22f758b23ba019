"""Application Auto Scaling: stores targets, policies and activities, and nothing more.

The control loop is the conductor's; what it did is told through `/_watchkeeper/activities`.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services.cloudformation import provisioners

from .clock import CLOCK

Json = dict[str, Any]
TARGETS, POLICIES, ACTIVITIES = (AccountRegionScopedDict() for _ in range(3))
_NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
_ROLE = "aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"


class RefusedError(Exception):
    """An answer of status 400 with the name of an exception."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


def _key(given: Mapping[str, Any]) -> tuple[str, str, str]:
    return (given["ServiceNamespace"], given["ResourceId"], given["ScalableDimension"])


def register_target(given: Json) -> Json:
    """RegisterScalableTarget: makes one, or changes what is given of it."""
    key = _key(given)
    suffix = uuid.uuid5(uuid.NAMESPACE_URL, "/".join(key)).hex[:16]
    prefix = f"arn:aws:application-autoscaling:{get_region()}:{get_account_id()}"
    target = TARGETS.get(key) or {
        "CreationTime": CLOCK.time(),
        "ScalableTargetARN": f"{prefix}:scalable-target/{suffix}",
        "SuspendedState": dict(_NOT_SUSPENDED),
        "RoleARN": f"arn:aws:iam::{get_account_id()}:role/{_ROLE}",
    }
    target.update({name: value for name, value in given.items() if name not in ("Tags", "ScheduledActions")})
    TARGETS[key] = target
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


def put_policy(given: Json) -> Json:
    """PutScalingPolicy."""
    if _key(given) not in TARGETS:
        raise RefusedError("ObjectNotFoundException", "No scalable target registered for the given resource")
    key = (*_key(given), given["PolicyName"])
    name = f"resource/ecs/{given['ResourceId']}:policyName/{given['PolicyName']}"
    digits = uuid.uuid5(uuid.NAMESPACE_URL, "/".join(key))
    arn = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{digits}:{name}"
    before = POLICIES.get(key) or {"CreationTime": CLOCK.time(), "Alarms": []}
    POLICIES[key] = {**before, **given, "PolicyARN": arn}
    return {"PolicyARN": arn, "Alarms": POLICIES[key]["Alarms"]}


def _found(store: AccountRegionScopedDict, given: Json) -> list[Json]:
    ids = given.get("ResourceIds") or ([given["ResourceId"]] if given.get("ResourceId") else None)
    return [
        value
        for value in store.values()
        if value["ServiceNamespace"] == given["ServiceNamespace"] and (ids is None or value["ResourceId"] in ids)
    ]


def _policies(given: Json) -> Json:
    names = given.get("PolicyNames")
    found = [each for each in _found(POLICIES, given) if not names or each["PolicyName"] in names]
    return {"ScalingPolicies": found}


def _activities(given: Json) -> Json:
    found = [
        each
        for each in _found(ACTIVITIES, given)
        if given.get("IncludeNotScaledActivities") or "NotScaledReasons" not in each
    ]
    return {"ScalingActivities": sorted(found, key=lambda each: each["StartTime"], reverse=True)}


def record(activity: Json) -> None:
    """Keep what the control loop did."""
    ACTIVITIES[activity["ActivityId"]] = activity


def _deregister(given: Json) -> Json:
    if TARGETS.pop(_key(given), None) is None:
        raise RefusedError("ObjectNotFoundException", "No scalable target registered for the given resource")
    for policy in [key for key in POLICIES if key[:3] == _key(given)]:
        POLICIES.pop(policy)
    return {}


def _delete_policy(given: Json) -> Json:
    if POLICIES.pop((*_key(given), given["PolicyName"]), None) is None:
        raise RefusedError("ObjectNotFoundException", "No scaling policy found for the given name")
    return {}


_OPERATIONS: Mapping[str, Callable[[Json], Json]] = {
    "RegisterScalableTarget": register_target,
    "DeregisterScalableTarget": _deregister,
    "PutScalingPolicy": put_policy,
    "DeleteScalingPolicy": _delete_policy,
    "DescribeScalableTargets": lambda given: {"ScalableTargets": _found(TARGETS, given)},
    "DescribeScalingPolicies": _policies,
    "DescribeScheduledActions": lambda _given: {"ScheduledActions": []},
    "DescribeScalingActivities": _activities,
}


async def _serve(
    _method: str, _path: str, headers: Mapping[str, str], body: bytes, _query: object
) -> tuple[int, dict[str, str], bytes]:
    kind = {"Content-Type": "application/x-amz-json-1.1"}
    operation = _OPERATIONS.get(headers.get("x-amz-target", "").rpartition(".")[2])
    if operation is None:
        return 400, kind, json.dumps({"__type": "UnknownOperationException"}).encode()
    try:
        return 200, kind, json.dumps(operation(json.loads(body or b"{}"))).encode()
    except RefusedError as err:
        return 400, kind, json.dumps({"__type": err.name, "Message": str(err)}).encode()


def create_target(_logical_id: str | None, props: Mapping[str, Any], _stack: str, *_rest: object) -> tuple[str, Json]:
    """AWS::ApplicationAutoScaling::ScalableTarget."""
    given = {name: value for name, value in props.items() if name != "Tags"}
    given |= {name: int(given[name]) for name in ("MinCapacity", "MaxCapacity")}
    register_target(given)
    return "|".join((given["ResourceId"], given["ScalableDimension"], given["ServiceNamespace"])), {}


def delete_target(physical_id: str, _props: Mapping[str, Any]) -> None:
    """With its policies."""
    resource, dimension, namespace = physical_id.split("|")
    given = {"ServiceNamespace": namespace, "ResourceId": resource, "ScalableDimension": dimension}
    if _key(given) in TARGETS:
        _deregister(given)


def create_policy(_logical_id: str | None, props: Mapping[str, Any], _stack: str, *_rest: object) -> tuple[str, Json]:
    """AWS::ApplicationAutoScaling::ScalingPolicy."""
    given = _typed(dict(props))
    if given.get("ScalingTargetId"):
        names = ("ResourceId", "ScalableDimension", "ServiceNamespace")
        given |= dict(zip(names, given.pop("ScalingTargetId").split("|"), strict=True))
    arn = put_policy(given)["PolicyARN"]
    return arn, {"Arn": arn}


def delete_policy(physical_id: str, _props: Mapping[str, Any]) -> None:
    """One that is gone with its target already is no error."""
    for key, policy in list(POLICIES.items()):
        if policy["PolicyARN"] == physical_id:
            POLICIES.pop(key)


def _typed(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    """CloudFormation's texts as the numbers and truths that the API gives."""
    if isinstance(value, Mapping):
        return {name: _typed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        return float(value)
    return value


def reset() -> None:
    """Forget everything."""
    for store in (TARGETS, POLICIES, ACTIVITIES):
        store._data.clear()


def register() -> None:
    """Add the service and its two types."""
    app.SERVICE_HANDLERS["application-autoscaling"] = _serve
    router.SERVICE_PATTERNS["application-autoscaling"] = {
        "target_prefixes": ["AnyScaleFrontendService"],
        "host_patterns": [r"application-autoscaling\."],
        "credential_scope": "application-autoscaling",
    }
    handlers = provisioners._RESOURCE_HANDLERS
    handlers["AWS::ApplicationAutoScaling::ScalableTarget"] = {
        "create": create_target,
        "update": lambda _physical_id, _before, props, stack: create_target(None, props, stack),
        "delete": delete_target,
    }
    handlers["AWS::ApplicationAutoScaling::ScalingPolicy"] = {
        "create": create_policy,
        "update": lambda _physical_id, _before, props, stack: create_policy(None, props, stack),
        "delete": delete_policy,
    }
