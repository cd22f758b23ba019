"""Application Auto Scaling: stores targets, policies, scheduled actions and activities, and nothing more.

The control loop is the conductor's; what it did is told through `/_watchkeeper/activities`.
"""

import json
import uuid
from collections.abc import Callable, Container, Mapping
from typing import Any

from ministack import app
from ministack.core import router
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import ecs

from .clock import CLOCK

Json = dict[str, Any]
TARGETS, POLICIES, SCHEDULES, ACTIVITIES = (AccountRegionScopedDict() for _ in range(4))
_NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
_QUICK, _QUICK_S = "HighResolution", 20
_ROLE = "aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"


class RefusedError(Exception):
    """An answer of status 400 with the name of an exception."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


def target_key(given: Mapping[str, Any]) -> tuple[str, str, str]:
    """What names a scalable target: namespace, resource, dimension."""
    return (given["ServiceNamespace"], given["ResourceId"], given["ScalableDimension"])


def register_target(given: Json) -> Json:
    """RegisterScalableTarget: makes one, or changes what is given of it."""
    key = target_key(given)
    suffix = uuid.uuid5(uuid.NAMESPACE_URL, "/".join(key)).hex[:16]
    prefix = f"arn:aws:application-autoscaling:{get_region()}:{get_account_id()}"
    target = TARGETS.get(key) or {
        "CreationTime": CLOCK.time(),
        "ScalableTargetARN": f"{prefix}:scalable-target/{suffix}",
        "SuspendedState": dict(_NOT_SUSPENDED),
        "RoleARN": f"arn:aws:iam::{get_account_id()}:role/{_ROLE}",
    }
    suspended = {**target["SuspendedState"], **given.get("SuspendedState", {})}
    given = {name: value for name, value in given.items() if name not in ("Tags", "ScheduledActions")}
    target = {**target, **given, "SuspendedState": suspended}
    if target.get("MinCapacity", 0) > target.get("MaxCapacity", 0):
        raise RefusedError("ValidationException", "Maximum capacity cannot be less than minimum capacity")
    TARGETS[key] = target
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


def _refuse_unpublished(given: Json) -> None:
    """A policy on a 20-second metric is refused until its service publishes it (ECS; the wording is ours)."""
    settings = given.get("TargetTrackingScalingPolicyConfiguration") or {}
    kind = str((settings.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType", ""))
    service = ecs._services.get(str(given["ResourceId"]).removeprefix("service/"))
    if not kind.endswith(_QUICK) or service is None:
        return
    wanted = kind.removeprefix("ECSServiceAverage").removesuffix(_QUICK)
    told = service.get("monitoring", {}).get("metricConfigurations", ())
    if not any(int(each["resolutionSeconds"]) == _QUICK_S and wanted in each["metricNames"] for each in told):
        what = f"{service['serviceName']} does not publish {wanted} every {_QUICK_S} seconds, as {kind} needs"
        raise RefusedError("ValidationException", what)


def put_policy(given: Json) -> Json:
    """PutScalingPolicy."""
    if target_key(given) not in TARGETS:
        raise RefusedError("ObjectNotFoundException", "No scalable target registered for the given resource")
    _refuse_unpublished(given)
    key = (*target_key(given), given["PolicyName"])
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


def put_schedule(given: Json) -> Json:
    """PutScheduledAction: makes one, or changes what is given of it."""
    if target_key(given) not in TARGETS:
        raise RefusedError("ObjectNotFoundException", "No scalable target registered for the given resource")
    key = (*target_key(given), given["ScheduledActionName"])
    before = SCHEDULES.get(key)
    if before is None and not given.get("Schedule"):
        raise RefusedError("ValidationException", "Schedule must be provided for a new scheduled action")
    digits = uuid.uuid5(uuid.NAMESPACE_URL, "/".join(key))
    name = f"resource/ecs/{given['ResourceId']}:scheduledActionName/{given['ScheduledActionName']}"
    arn = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scheduledAction:{digits}:{name}"
    SCHEDULES[key] = {"CreationTime": CLOCK.time(), **(before or {}), **given, "ScheduledActionARN": arn}
    return {}


def _delete_schedule(given: Json) -> Json:
    if SCHEDULES.pop((*target_key(given), given["ScheduledActionName"]), None) is None:
        raise RefusedError("ObjectNotFoundException", "No scheduled action found for the given name")
    return {}


def delete_schedules(key: tuple[str, str, str], *, but: Container[str] = ()) -> None:
    """Forget the scheduled actions of a target, save those that are named."""
    for each, _ in list(SCHEDULES.items()):
        if each[:3] == key and each[3] not in but:
            SCHEDULES.pop(each)


def _named(found: list[Json], wanted: list[str] | None, name: str) -> list[Json]:
    return [each for each in found if not wanted or each[name] in wanted]


def deregister(given: Json) -> Json:
    """DeregisterScalableTarget, with its policies and scheduled actions."""
    if TARGETS.pop(target_key(given), None) is None:
        raise RefusedError("ObjectNotFoundException", "No scalable target registered for the given resource")
    for policy in [key for key in POLICIES if key[:3] == target_key(given)]:
        POLICIES.pop(policy)
    delete_schedules(target_key(given))
    return {}


def _delete_policy(given: Json) -> Json:
    if POLICIES.pop((*target_key(given), given["PolicyName"]), None) is None:
        raise RefusedError("ObjectNotFoundException", "No scaling policy found for the given name")
    return {}


_OPERATIONS: Mapping[str, Callable[[Json], Json]] = {
    "RegisterScalableTarget": register_target,
    "DeregisterScalableTarget": deregister,
    "PutScalingPolicy": put_policy,
    "DeleteScalingPolicy": _delete_policy,
    "DescribeScalableTargets": lambda given: {"ScalableTargets": _found(TARGETS, given)},
    "DescribeScalingPolicies": lambda given: {
        "ScalingPolicies": _named(_found(POLICIES, given), given.get("PolicyNames"), "PolicyName")
    },
    "PutScheduledAction": put_schedule,
    "DeleteScheduledAction": _delete_schedule,
    "DescribeScheduledActions": lambda given: {
        "ScheduledActions": _named(_found(SCHEDULES, given), given.get("ScheduledActionNames"), "ScheduledActionName")
    },
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


def reset() -> None:
    """Forget everything."""
    for store in (TARGETS, POLICIES, SCHEDULES, ACTIVITIES):
        store._data.clear()


def register() -> None:
    """Add the service."""
    app.SERVICE_HANDLERS["application-autoscaling"] = _serve
    router.SERVICE_PATTERNS["application-autoscaling"] = {
        "target_prefixes": ["AnyScaleFrontendService"],
        "host_patterns": [r"application-autoscaling\."],
        "credential_scope": "application-autoscaling",
    }
