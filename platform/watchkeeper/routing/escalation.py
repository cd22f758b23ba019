"""Escalation policies: whom an unacknowledged page reaches, and after how long. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from watchkeeper.routing.schedule import OnCall, Schedule, on_call_at


@dataclass(frozen=True, slots=True)
class Target:
    """A person, or whoever a schedule names. id: of the routing files."""

    kind: Literal["person", "schedule"]
    id: str


@dataclass(frozen=True, slots=True)
class Level:
    """delay_s: how long PagerDuty waits for an acknowledgement before it asks the next level."""

    delay_s: int
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationPolicy:
    """loops: how often the levels are repeated after the first round, 0 to 9."""

    id: str
    team: str
    levels: tuple[Level, ...]
    loops: int = 0


@dataclass(frozen=True, slots=True)
class Reached:
    """One level of a page. level: from 1. after_s: seconds after the trigger."""

    level: int
    after_s: int
    people: tuple[OnCall, ...]


def levels_at(policy: EscalationPolicy, schedules: Mapping[str, Schedule], when: int) -> list[Reached]:
    """Whom a page triggered at `when` reaches in its first round; each level is asked at the instant it is reached.

    A level in which nobody is on call is passed over at once; if nobody is on call at all, PagerDuty opens no incident.
    """
    reached: list[Reached] = []
    after_s = 0
    for number, level in enumerate(policy.levels, start=1):
        people: dict[str, OnCall] = {}
        for target in level.targets:
            if target.kind == "person":
                people.setdefault(target.id, OnCall(target.id, "always"))
            else:
                found = on_call_at(schedules[target.id], when + after_s)
                if found is not None:
                    source = f"{target.id}: {found.source}"
                    people.setdefault(found.person, OnCall(found.person, source, found.until))
        if people:
            reached.append(Reached(number, after_s, tuple(people.values())))
            after_s += level.delay_s
    return reached
