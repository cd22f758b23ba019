"""Downtimes: whom they mute, when, and what is told when they end. Pure.

Evaluation and states go on during a downtime, only notices stop. Source: Datadog documentation, "Downtimes"; OpenAPI v1
and v2 of datadog-api-client 2.62.0; read 2026-11.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from watchkeeper.errors import ConfigError, Problem
from watchkeeper.monitors.rules import State
from watchkeeper.monitors.schedule import recurrence
from watchkeeper.monitors.state import NOT_MUTED, Mute
from watchkeeper.query.ast import EVERYTHING, Filter
from watchkeeper.query.forms import window_of
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.lines import Group
from watchkeeper.query.scope import matches, parse_scope
from watchkeeper.query.series import Series

_STATES: Final[Mapping[str, State]] = {"alert": "Alert", "warn": "Warn", "no data": "No Data"}
_GROUPED: Final = re.compile(r"(-?)([\w.\-/]+):\(([^()]*)\)")
_FREQUENCIES: Final = {"days": "DAILY", "weeks": "WEEKLY", "months": "MONTHLY", "years": "YEARLY"}
_REFUSED: Final = ("DTSTART", "DTEND", "DURATION")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """rule: RFC 5545, without start and duration. first: the first start, as wall time. duration_s: of each time."""

    rule: str
    first: datetime
    duration_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Downtime:
    """What is muted, and when.

    scope: of the groups. monitor_id, monitor_tags: of the monitors; None and empty for all of them. start, end: Unix
    seconds, end None for ever; of a recurring one they bound it. canceled: when it was.
    tells: the states that are told when it expires; tells_when_canceled: when it is canceled as well.
    """

    scope: Filter = EVERYTHING
    monitor_id: int | None = None
    monitor_tags: frozenset[str] = frozenset()
    start: int = 0
    end: int | None = None
    recurrences: tuple[Recurrence, ...] = ()
    timezone: str = "UTC"
    canceled: int | None = None
    mutes_first_recovery: bool = False
    tells: frozenset[State] = frozenset(_STATES.values())
    tells_when_expired: bool = True
    tells_when_canceled: bool = False

    def covers(self, monitor_id: int | None, monitor_tags: Collection[str], group_tags: Collection[str]) -> bool:
        """Whether it mutes a group of a monitor. group_tags: those of the group and of the query's scope."""
        if self.monitor_id is not None and self.monitor_id != monitor_id:
            return False
        if not self.monitor_tags <= set(monitor_tags):
            return False
        return matches(self.scope, Series("", frozenset(group_tags), (), ()))

    def periods(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The times in which it is active, as [start, end) in Unix seconds, that touch [start, end)."""
        last = min(each for each in (self.end, self.canceled, end) if each is not None)
        if not self.recurrences:
            if self.start < last and self.start < end and last > start:
                yield self.start, min(each for each in (self.end, self.canceled, 1 << 62) if each is not None)
            return
        zone = ZoneInfo(self.timezone)
        for each in self.recurrences:
            earliest = _wall(start - each.duration_s, zone) - timedelta(hours=3)
            for occurrence in recurrence(each.rule, each.first).xafter(earliest, inc=True):
                begin = int(occurrence.replace(tzinfo=zone).timestamp())
                if begin >= last:
                    break
                until = begin + each.duration_s
                if self.canceled is not None:
                    until = min(until, self.canceled)
                if begin >= self.start and until > start:
                    yield begin, until


def _wall(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, zone).replace(tzinfo=None)


def mute_at(downtimes: Collection[Downtime], at: int, previous_at: int) -> Mute:
    """What downtimes that cover a group do to it at an evaluation. previous_at: the evaluation before."""
    is_muted = mutes_recovery = False
    tells: set[State] = set()
    for downtime in downtimes:
        for begin, end in downtime.periods(previous_at, at + 1):
            if begin <= at < end:
                is_muted = True
                mutes_recovery |= downtime.mutes_first_recovery
            elif previous_at < end <= at and _is_told(downtime, end):
                tells |= downtime.tells
    if not (is_muted or tells):
        return NOT_MUTED
    return Mute(is_muted=is_muted, mutes_first_recovery=mutes_recovery, tells=frozenset(tells))


def _is_told(downtime: Downtime, end: int) -> bool:
    return downtime.tells_when_canceled if end == downtime.canceled else downtime.tells_when_expired


class Muting:
    """What downtimes do to the groups of one monitor. scope_tags: those that the query asks for."""

    def __init__(
        self, definition: Mapping[str, Any], downtimes: Collection[Downtime], scope_tags: Collection[str] = ()
    ) -> None:
        self._id = definition.get("id")
        self._tags = [str(tag).lower() for tag in definition.get("tags") or ()]
        self._scope_tags = scope_tags
        self._downtimes = downtimes
        self._covering: dict[Group, tuple[Downtime, ...]] = {}

    def covering(self, group: Group) -> tuple[Downtime, ...]:
        """The downtimes that mute the group when they are active."""
        if group not in self._covering:
            tags = {*self._scope_tags, *group}
            found = (each for each in self._downtimes if each.covers(self._id, self._tags, tags))
            self._covering[group] = tuple(found)
        return self._covering[group]

    def __call__(self, group: Group, at: int, previous_at: int) -> Mute:
        """What they do at one evaluation."""
        covering = self.covering(group) if self._downtimes else ()
        return mute_at(covering, at, previous_at) if covering else NOT_MUTED


def downtime_from_json(body: Mapping[str, Any], now: int = 0) -> Downtime:
    """A downtime as Datadog's API gives or takes it, version 1 or 2. now: where `start` is left out.

    Raises ConfigError.
    """
    try:
        if "data" in body:
            body = body["data"]
        return _from_v2(body["attributes"], now) if "attributes" in body else _from_v1(body, now)
    except (KeyError, TypeError, ValueError) as err:
        reason = f"`{err.args[0]}` is missing" if isinstance(err, KeyError) else str(err)
        fix = "write it as POST /api/v2/downtime takes it"
        raise ConfigError(Problem(f"the downtime cannot be read: {reason}", fix=fix)) from err


def _from_v2(given: Mapping[str, Any], now: int) -> Downtime:
    which = given.get("monitor_identifier") or {}
    schedule = given.get("schedule") or {}
    zone = schedule.get("timezone") or "UTC"
    recurrences = tuple(
        _recurrence(each["rrule"], _wall_time(each.get("start"), zone, now), _duration_s(each["duration"]))
        for each in schedule.get("recurrences") or ()
    )
    start = _instant(schedule.get("start"))
    return Downtime(
        scope=_scope(given.get("scope") or "*"),
        monitor_id=which.get("monitor_id"),
        monitor_tags=_monitor_tags(which.get("monitor_tags")),
        start=0 if recurrences else now if start is None else start,
        end=_instant(schedule.get("end")),
        recurrences=recurrences,
        timezone=zone,
        canceled=_instant(given.get("canceled")),
        **_told(given),
    )


def _from_v1(given: Mapping[str, Any], now: int) -> Downtime:
    scope = given.get("scope") or ["*"]
    start = int(given.get("start") or now)
    end = given.get("end")
    zone = given.get("timezone") or "UTC"
    recurring = given.get("recurrence") or {}
    recurrences: tuple[Recurrence, ...] = ()
    if recurring:
        if end is None:
            raise ValueError("a recurring downtime needs an `end`, which says how long each time is")
        first = _wall(start, ZoneInfo(zone))
        recurrences = (_recurrence(_legacy_rule(recurring), first, int(end) - start),)
        end = recurring.get("until_date")
    return Downtime(
        scope=_scope(scope if isinstance(scope, str) else ",".join(scope)),
        monitor_id=given.get("monitor_id"),
        monitor_tags=_monitor_tags(given.get("monitor_tags")),
        start=start,
        end=None if end is None else int(end),
        recurrences=recurrences,
        timezone=zone,
        canceled=given.get("canceled"),
        **_told(given),
    )


def _told(given: Mapping[str, Any]) -> dict[str, Any]:
    states = given.get("notify_end_states")
    types = given.get("notify_end_types")
    return {
        "mutes_first_recovery": bool(given.get("mute_first_recovery_notification")),
        "tells": frozenset(_STATES[state] for state in (_STATES if states is None else states)),
        "tells_when_expired": "expired" in (("expired",) if types is None else types),
        "tells_when_canceled": "canceled" in (types or ()),
    }


def _recurrence(rule: str, first: datetime, duration_s: int) -> Recurrence:
    refused = next((word for word in _REFUSED if word in rule.upper()), None)
    if refused:
        raise ValueError(f"`{refused}` may not stand in the rule; give `start` and `duration`")
    recurrence(rule, first)
    return Recurrence(rule, first, duration_s)


def _legacy_rule(given: Mapping[str, Any]) -> str:
    """The rule of version 1: `rrule`, or days, weeks, months, years with a period."""
    if given["type"] == "rrule":
        return str(given["rrule"])
    parts = [f"FREQ={_FREQUENCIES[given['type']]}", f"INTERVAL={int(given.get('period') or 1)}"]
    if given.get("week_days"):
        parts.append("BYDAY=" + ",".join(day[:2].upper() for day in given["week_days"]))
    if given.get("until_occurrences"):
        parts.append(f"COUNT={int(given['until_occurrences'])}")
    return ";".join(parts)


def _monitor_tags(tags: Sequence[str] | None) -> frozenset[str]:
    return frozenset(tag.lower() for tag in tags or () if tag != "*")


def _scope(text: str) -> Filter:
    """`env:(dev OR staging)` is written `env IN (dev,staging)` in a query."""

    def as_in(match: re.Match[str]) -> str:
        values = ",".join(value.strip() for value in re.split(r"\s+OR\s+", match[3], flags=re.IGNORECASE))
        return f"{match[2]} {'NOT ' if match[1] else ''}IN ({values})"

    written = _GROUPED.sub(as_in, text)
    try:
        return parse_scope(written, (0, len(written)))
    except QuerySyntaxError as err:
        raise ValueError(f"scope `{text}`: {err.message}") from err


def _instant(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, int | float):
        return int(value)
    return int(datetime.fromisoformat(str(value)).timestamp())


def _wall_time(value: str | None, zone: str, now: int) -> datetime:
    if value is None:
        return _wall(now, ZoneInfo(zone))
    found = datetime.fromisoformat(value)
    return found.replace(tzinfo=None) if found.tzinfo is None else found.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _duration_s(text: str) -> int:
    window = window_of(str(text))
    if window is None:
        raise ValueError(f"`{text}` is no duration; write 2h or 1d")
    return window.seconds
