"""People, schedules, policies and services as PagerDuty, Datadog and Slack take them, and what of them is managed.

Both sides go through the same normalisation. Layers stand bottom first here; adapters turn PagerDuty's answers over.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from watchkeeper.project.identity import Identity, Ref, identity_in_text, with_marker
from watchkeeper.routing.escalation import EscalationPolicy
from watchkeeper.routing.load import Person
from watchkeeper.routing.outlets import PagerDutyService, SlackChannel
from watchkeeper.routing.pagerduty import restriction_json, rfc3339, seconds
from watchkeeper.routing.schedule import Schedule

Body = Mapping[str, Any]
USER: Final = "user"
SCHEDULE: Final = "schedule"
POLICY: Final = "escalation policy"
SERVICE: Final = "PagerDuty service"
INTEGRATION: Final = "PagerDuty integration"
DATADOG_SERVICE: Final = "Datadog PagerDuty service"
CHANNEL: Final = "Slack channel"
DATADOG_CHANNEL: Final = "Datadog Slack channel"
VENDOR: Final = "Datadog"


def identify_described(body: Body) -> Identity | None:
    """Whose an object is, by the last line of its description."""
    return identity_in_text(body.get("description"))


def body_id(body: Body) -> str:
    """PagerDuty's or Slack's id."""
    return str(body["id"])


def body_name(body: Body) -> str:
    """How people call it."""
    return str(body.get("name") or body.get("service_name") or body.get("email") or "")


def encode_user(person: Person) -> Body:
    """A new user."""
    return {"type": "user", "name": person.name, "email": person.email, "role": "user"}


def normalise_user(body: Body) -> dict[str, Any]:
    """Only the address: everything else belongs to the person."""
    return {"email": str(body["email"]).lower()}


def encode_schedule(schedule: Schedule, identity: Identity, people: Mapping[str, Ref]) -> Body:
    """A schedule of layers, bottom first. people: by their id in the routing files."""
    return {
        "type": "schedule",
        "name": f"{schedule.id}-{identity.env}",
        "description": with_marker("", identity),
        "time_zone": schedule.time_zone,
        "schedule_layers": [
            {
                "name": layer.name,
                "start": rfc3339(layer.start),
                "rotation_virtual_start": rfc3339(layer.rotation_start),
                "rotation_turn_length_seconds": layer.turn_s,
                "users": [{"user": {"id": people[person], "type": "user_reference"}} for person in layer.people],
                "restrictions": [restriction_json(each) for each in layer.restrictions],
            }
            for layer in schedule.layers
        ],
    }


def normalise_schedule(body: Body) -> dict[str, Any]:
    """Layers that have ended are history; the beginning of a layer is too, its turns count from the virtual start."""
    layers = [layer for layer in body.get("schedule_layers") or () if not layer.get("end")]
    return {
        "name": body["name"],
        "description": str(body.get("description") or "").strip(),
        "time_zone": body["time_zone"],
        "layers": [str(layer["name"]) for layer in layers],
        **{f"layer {layer['name']}": _layer(layer) for layer in layers},
    }


def _layer(layer: Body) -> dict[str, Any]:
    fields = ("type", "start_time_of_day", "start_day_of_week", "duration_seconds")
    restrictions = [{key: each[key] for key in fields if each.get(key)} for each in layer.get("restrictions") or ()]
    return {
        "rotation_virtual_start": seconds(layer["rotation_virtual_start"]),
        "rotation_turn_length_seconds": layer["rotation_turn_length_seconds"],
        "users": [str((each.get("user") or each)["id"]) for each in layer["users"]],
        "restrictions": sorted(restrictions, key=str),
    }


def encode_policy(
    policy: EscalationPolicy, identity: Identity, people: Mapping[str, Ref], schedules: Mapping[str, Ref]
) -> Body:
    """An escalation policy. people, schedules: by their ids in the routing files."""
    return {
        "type": "escalation_policy",
        "name": f"{policy.id}-{identity.env}",
        "description": with_marker("", identity),
        "num_loops": policy.loops,
        "escalation_rules": [
            {
                "escalation_delay_in_minutes": level.delay_s // 60,
                "targets": [
                    {"id": people[target.id], "type": "user_reference"}
                    if target.kind == "person"
                    else {"id": schedules[target.id], "type": "schedule_reference"}
                    for target in level.targets
                ],
            }
            for level in policy.levels
        ],
    }


def normalise_policy(body: Body) -> dict[str, Any]:
    """Levels as delay and targets; the order of targets within a level means nothing."""
    return {
        "name": body["name"],
        "description": str(body.get("description") or "").strip(),
        "num_loops": int(body.get("num_loops") or 0),
        **{
            f"level {number}": {
                "delay_minutes": rule["escalation_delay_in_minutes"],
                "targets": sorted(str(target["id"]) for target in rule["targets"]),
            }
            for number, rule in enumerate(body["escalation_rules"], start=1)
        },
    }


def encode_service(service: PagerDutyService, identity: Identity, policies: Mapping[str, Ref]) -> Body:
    """A service. Both timeouts are always sent: left out, PagerDuty would switch them off."""
    return {
        "type": "service",
        "name": service.name,
        "description": with_marker("", identity),
        "escalation_policy": {"id": policies[service.escalation_policy], "type": "escalation_policy_reference"},
        "incident_urgency_rule": {"type": "constant", "urgency": service.urgency},
        "acknowledgement_timeout": service.acknowledgement_timeout_minutes * 60 or None,
        "auto_resolve_timeout": service.auto_resolve_timeout_minutes * 60 or None,
    }


def normalise_service(body: Body) -> dict[str, Any]:
    """What `encode_service` sends."""
    rule = body.get("incident_urgency_rule") or {}
    return {
        "name": body["name"],
        "description": str(body.get("description") or "").strip(),
        "escalation_policy": str(body["escalation_policy"]["id"]),
        "urgency": rule.get("urgency") if rule.get("type") == "constant" else rule,
        "acknowledgement_timeout": body.get("acknowledgement_timeout") or None,
        "auto_resolve_timeout": body.get("auto_resolve_timeout") or None,
    }


def encode_integration(service: Ref) -> Body:
    """The integration through which Datadog reaches a service."""
    return {"name": VENDOR, "service": service}


def normalise_integration(body: Body) -> dict[str, Any]:
    """That it is there."""
    return {"name": body["name"]}


def encode_datadog_service(service: PagerDutyService, integration: Ref) -> Body:
    """Datadog's object behind `@pagerduty-<name>`. The key itself is fetched when it is sent, and never kept."""
    return {"service_name": service.name, "service_key": integration}


def normalise_datadog_service(body: Body) -> dict[str, Any]:
    """Datadog never tells the key; it is sent again when the integration behind it is a new one."""
    is_new = isinstance(body.get("service_key"), Ref)
    return {"service_name": body["service_name"], **({"service_key": "of the new integration"} if is_new else {})}


def encode_channel(channel: SlackChannel) -> Body:
    """A channel of the workspace."""
    return {"name": channel.name}


def normalise_channel(body: Body) -> dict[str, Any]:
    """Slack's name of a channel."""
    return {"name": str(body["name"]).removeprefix("#")}


def encode_datadog_channel(channel: SlackChannel) -> Body:
    """Datadog's object behind `@slack-<account>-<name>`."""
    return {"name": f"#{channel.name}", "display": {"snapshot": channel.snapshot, "tags": channel.tags}}


def normalise_datadog_channel(body: Body) -> dict[str, Any]:
    """Name, and the two switches of its messages that are managed."""
    display = body.get("display") or {}
    return {
        "name": body["name"],
        **{f"display.{name}": bool(display.get(name, True)) for name in ("snapshot", "tags")},
    }


def refs(kind: str, project: str, env: str, names: Iterable[str]) -> dict[str, Ref]:
    """References to declared objects of a kind, by their ids."""
    return {name: Ref(kind, Identity(project, env, "", name)) for name in names}
