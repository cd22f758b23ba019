"""Scaling activities, exactly in the shape of DescribeScalingActivities, so that simulated and real histories compare.

Source: Application Auto Scaling user guide, "Scaling activities"; the fields and the codes as botocore 1.44 has them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from watchkeeper.autoscaling.alarms import stable_uuid
from watchkeeper.timeline import utc_text

Activity = Mapping[str, Any]
NotScaled = Literal[
    "AutoScalingAnticipatedFlapping",
    "TargetServicePutResourceAsUnscalable",
    "AlreadyAtMaxCapacity",
    "AlreadyAtMinCapacity",
    "AlreadyAtDesiredCapacity",
]


def alarm_cause(alarm: str, policy: str) -> str:
    """Why: an alarm."""
    return f"monitor alarm {alarm} in state ALARM triggered policy {policy}"


def schedule_cause(action: str) -> str:
    """Why: a scheduled action."""
    return f"scheduled action name {action} was triggered"


def bounds_cause(side: Literal["minimum", "maximum"], bound: int) -> str:
    """Why: the count lay outside new bounds."""
    return f"{side} capacity was set to {bound}"


def predictive_cause(policy: str) -> str:
    """Why: a forecast."""
    return f"predictive scaling policy {policy} forecast the load of the hour"


def scaled(resource_id: str, at: int, number: int, desired: int, cause: str) -> Activity:
    """The count was changed. number: of the activity within this moment."""
    return _activity(
        resource_id,
        at,
        number,
        f"Setting desired count to {desired}.",
        cause,
        {
            "StatusCode": "Successful",
            "StatusMessage": f"Successfully set desired count to {desired}. Change successfully fulfilled by ecs.",
        },
    )


def rebounded(resource_id: str, at: int, number: int, bounds: tuple[int | None, int | None], action: str) -> Activity:
    """A scheduled action set the bounds. bounds: min and max, None where it leaves one."""
    parts = [
        f"{side} capacity to {bound}" for side, bound in zip(("min", "max"), bounds, strict=True) if bound is not None
    ]
    message = {"StatusCode": "Successful", "StatusMessage": f"Successfully set {' and '.join(parts)}"}
    return _activity(resource_id, at, number, f"Setting {' and '.join(parts)}", schedule_cause(action), message)


def not_scaled(
    resource_id: str, at: int, number: int, cause: str, reason: NotScaled, capacities: tuple[int, int, int]
) -> Activity:
    """Nothing was changed. capacities: current, minimum and maximum."""
    current, smallest, largest = capacities
    details: dict[str, Any] = {"Code": reason, "CurrentCapacity": current}
    if reason == "AlreadyAtMaxCapacity":
        details["MaxCapacity"] = largest
    if reason == "AlreadyAtMinCapacity":
        details["MinCapacity"] = smallest
    extra = {"StatusCode": "Failed", "NotScaledReasons": [details]}
    return _activity(resource_id, at, number, "Attempting to scale due to alarm triggered", cause, extra)


def is_scaled(activity: Activity) -> bool:
    """Whether an activity changed the count."""
    return str(activity["Description"]).startswith("Setting desired count")


def _activity(
    resource_id: str, at: int, number: int, description: str, cause: str, extra: Mapping[str, Any]
) -> Activity:
    return MappingProxyType(
        {
            "ActivityId": str(stable_uuid(resource_id, str(at), str(number))),
            "ServiceNamespace": "ecs",
            "ResourceId": resource_id,
            "ScalableDimension": "ecs:service:DesiredCount",
            "Description": description,
            "Cause": cause,
            "StartTime": utc_text(at),
            "EndTime": utc_text(at),
            **extra,
        }
    )
