"""Who is on call: PagerDuty's layer-based schedules, resolved offline. Pure.

Rules: PagerDuty API reference (Schedules) and knowledge base, read 2026-11. Turns of whole days are counted on the
wall clock of the schedule's zone, so that a hand-off at 09:00 stays at 09:00 over daylight-saving changes; that
PagerDuty does the same is concluded from its user interface, not documented.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DAY_S: Final = 86_400
WEEK_S: Final = 7 * DAY_S
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - wall-clock arithmetic needs no zone
_LOOK_AHEAD_S: Final = 8 * DAY_S


@dataclass(frozen=True, slots=True)
class Restriction:
    """A window in which a layer counts, on the wall clock.

    start_s: seconds after midnight, of every day or of `weekday` (1 is Monday, 7 is Sunday). It may run past midnight.
    """

    start_s: int
    duration_s: int
    weekday: int | None = None

    def covers(self, local_s: int) -> bool:
        """local_s: wall-clock seconds since 1970."""
        if self.weekday is None:
            return (local_s - self.start_s) % DAY_S < self.duration_s
        # 1 January 1970 was a Thursday.
        begin = (self.weekday - 4) * DAY_S + self.start_s
        return (local_s - begin) % WEEK_S < self.duration_s


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleLayer:
    """People who take turns. start, end, rotation_start: Unix seconds; end None for ever. turn_s: length of a turn."""

    name: str
    people: tuple[str, ...]
    rotation_start: int
    turn_s: int
    start: int
    end: int | None = None
    restrictions: tuple[Restriction, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody stands in for [start, end), Unix seconds."""

    start: int
    end: int
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """layers: bottom first, a later one wins. overrides: in the order of their creation, a later one wins."""

    id: str
    time_zone: str
    layers: tuple[ScheduleLayer, ...]
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class OnCall:
    """source: the layer's name, or `override`. until: the next change of person, None beyond eight days."""

    person: str
    source: str
    until: int | None = None


def on_call_at(schedule: Schedule, when: int) -> OnCall | None:
    """Who is on call at an instant (Unix seconds); None in a gap."""
    found = _painted(schedule, when)
    if found is None:
        return None
    changes = range(when - when % 60 + 60, when + _LOOK_AHEAD_S, 60)
    until = next((at for at in changes if (later := _painted(schedule, at)) is None or later[0] != found[0]), None)
    return OnCall(found[0], found[1], until)


def _painted(schedule: Schedule, when: int) -> tuple[str, str] | None:
    for override in reversed(schedule.overrides):
        if override.start <= when < override.end:
            return override.person, "override"
    for layer in reversed(schedule.layers):
        person = _in_layer(layer, schedule.time_zone, when)
        if person is not None:
            return person, layer.name
    return None


def _in_layer(layer: ScheduleLayer, zone: str, when: int) -> str | None:
    if not layer.people or when < layer.start or (layer.end is not None and when >= layer.end):
        return None
    local = wall_clock(when, zone)
    if layer.restrictions and not any(each.covers(local) for each in layer.restrictions):
        return None
    if layer.turn_s % DAY_S == 0:
        turn = (local - wall_clock(layer.rotation_start, zone)) // layer.turn_s
    else:
        turn = (when - layer.rotation_start) // layer.turn_s
    return layer.people[turn % len(layer.people)]


def wall_clock(when: int, zone: str) -> int:
    """What the clock on the wall shows at an instant, as seconds since 1970 of that clock."""
    local = datetime.fromtimestamp(when, _zone(zone)).replace(tzinfo=None)
    return int((local - _EPOCH).total_seconds())


def instant(local: datetime, zone: str) -> int:
    """Unix seconds of a wall-clock time; one with an offset keeps it."""
    aware = local if local.tzinfo else local.replace(tzinfo=_zone(zone))
    return int(aware.astimezone(UTC).timestamp())


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
