"""Schedules and escalation policies in the shapes of PagerDuty's REST API. Pure.

GET gives layers top first, POST and PUT take them bottom first; a restriction's time of day carries no offset and is
meant in the zone that was asked for. Source: PagerDuty's OpenAPI description and its public scripts, read 2026-11.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from watchkeeper.routing.escalation import EscalationPolicy, Level, Target
from watchkeeper.routing.schedule import Override, Restriction, Schedule, ScheduleLayer

Json = Mapping[str, Any]
_TARGETS: Final[Mapping[str, str]] = {
    "user": "person",
    "user_reference": "person",
    "schedule": "schedule",
    "schedule_reference": "schedule",
}


def schedule_from_pagerduty(body: Json, overrides: Sequence[Json] = (), *, is_bottom_first: bool = False) -> Schedule:
    """The schedule of a REST answer, asked for in the schedule's own time zone. is_bottom_first: as POST takes it."""
    layers = list(body["schedule_layers"])
    if not is_bottom_first:
        layers.reverse()
    return Schedule(
        id=str(body["id"]),
        time_zone=str(body["time_zone"]),
        layers=tuple(_layer(layer) for layer in layers),
        overrides=tuple(
            Override(seconds(each["start"]), seconds(each["end"]), each["user"]["id"]) for each in overrides
        ),
    )


def _layer(body: Json) -> ScheduleLayer:
    virtual_start = seconds(body["rotation_virtual_start"])
    return ScheduleLayer(
        name=str(body.get("name") or ""),
        people=tuple(str((each.get("user") or each)["id"]) for each in body["users"]),
        rotation_start=virtual_start,
        turn_s=int(body["rotation_turn_length_seconds"]),
        start=seconds(body["start"]) if body.get("start") else virtual_start,
        end=seconds(body["end"]) if body.get("end") else None,
        restrictions=tuple(_restriction(each) for each in body.get("restrictions") or ()),
    )


def _restriction(body: Json) -> Restriction:
    hours, minutes, second = (int(part) for part in str(body["start_time_of_day"])[:8].split(":"))
    is_weekly = body["type"] == "weekly_restriction"
    # 0 stands for Sunday in old schedules.
    weekday = (int(body["start_day_of_week"]) or 7) if is_weekly else None
    return Restriction(hours * 3600 + minutes * 60 + second, int(body["duration_seconds"]), weekday)


def policy_from_pagerduty(body: Json) -> EscalationPolicy:
    """The escalation policy of a REST answer; targets by their PagerDuty ids."""
    return EscalationPolicy(
        id=str(body["id"]),
        team=next((str(team["id"]) for team in body.get("teams") or ()), ""),
        levels=tuple(
            Level(int(rule["escalation_delay_in_minutes"]) * 60, tuple(_targets(rule["targets"])))
            for rule in body["escalation_rules"]
        ),
        loops=int(body.get("num_loops") or 0),
    )


def _targets(bodies: Iterable[Json]) -> Iterable[Target]:
    for body in bodies:
        kind = _TARGETS[body["type"]]
        yield Target("person" if kind == "person" else "schedule", str(body["id"]))


def restriction_json(restriction: Restriction) -> dict[str, Any]:
    """A restriction as POST takes it."""
    minutes, second = divmod(restriction.start_s, 60)
    time_of_day = f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    body: dict[str, Any] = {"type": "daily_restriction", "start_time_of_day": time_of_day}
    if restriction.weekday is not None:
        body |= {"type": "weekly_restriction", "start_day_of_week": restriction.weekday}
    return {**body, "duration_seconds": restriction.duration_s}


def seconds(text: str) -> int:
    """RFC 3339 to Unix seconds."""
    return int(datetime.fromisoformat(text).timestamp())


def rfc3339(at: int) -> str:
    """Unix seconds to RFC 3339 in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
