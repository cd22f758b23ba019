"""What ministack loses of ECS: nested settings of containers, the platform of a task, most settings of a service."""

from collections.abc import Mapping
from typing import Any, Final

from ministack.core.responses import json_response
from ministack.services import ecs
from ministack.services.cloudformation import provisioners

from .resources import Props, keep_after

_MAPS: Final = ("options", "dockerLabels")
"""Settings whose keys belong to whoever wrote the template."""
_SERVICE: Final = (
    "AvailabilityZoneRebalancing",
    "EnableECSManagedTags",
    "EnableExecuteCommand",
    "HealthCheckGracePeriodSeconds",
    "PlatformVersion",
    "PropagateTags",
    "ServiceRegistries",
)


def camel(value: Any) -> Any:  # noqa: ANN401 - a JSON value
    """A template's names as the API has them, all the way down."""
    if isinstance(value, Mapping):
        found = {}
        for key, inner in value.items():
            name = key[:1].lower() + key[1:]
            found[name] = dict(inner) if name in _MAPS and isinstance(inner, Mapping) else camel(inner)
        return found
    if isinstance(value, list):
        return [camel(each) for each in value]
    return value


def keep_task_definition(physical_id: str, props: Props) -> None:
    """The platform, and the volumes by the API's names."""
    found = ecs._task_defs[physical_id.rpartition("/")[2]]
    found["runtimePlatform"] = camel(props.get("RuntimePlatform") or {})
    found["volumes"] = camel(props.get("Volumes") or [])


def keep_service(physical_id: str, props: Props) -> None:
    """Everything that DescribeServices tells of the settings."""
    cluster, name = physical_id.rsplit("/", 2)[1:]
    found = ecs._services[f"{cluster}/{name}"]
    for prop in _SERVICE:
        if prop in props:
            key = "enableECSManagedTags" if prop == "EnableECSManagedTags" else prop[:1].lower() + prop[1:]
            found[key] = camel(props[prop])
    found["monitoring"] = camel(props.get("Monitoring") or {})
    found["currentServiceRevisions"] = [{"arn": physical_id.replace(":service/", ":service-revision/") + "/1"}]


def describe_revisions(asked: Mapping[str, Any]) -> Any:  # noqa: ANN401 - ministack's answer
    """DescribeServiceRevisions, which alone tells how often a service publishes its metrics."""
    found = []
    for arn in asked.get("serviceRevisionArns", ()):
        cluster, name = str(arn).split("/")[1:3]
        service = ecs._services.get(f"{cluster}/{name}")
        if service is not None:
            told = {key: service[key] for key in ("serviceArn", "clusterArn", "taskDefinition")}
            found.append({**told, "serviceRevisionArn": arn, "monitoring": service.get("monitoring", {})})
    return json_response({"serviceRevisions": found})


def register() -> None:
    """Keep them, and let the API tell a service's revision."""
    provisioners._normalize_container_defs = camel
    keep_after("AWS::ECS::TaskDefinition", keep_task_definition)
    keep_after("AWS::ECS::Service", keep_service)
    ecs._ACTION_MAP["DescribeServiceRevisions"] = describe_revisions
