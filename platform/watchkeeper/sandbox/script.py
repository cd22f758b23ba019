"""A file of timeline events that are to happen, as JSON lines: what the conductor is told to play.

Times are instants (RFC 3339) or relative to the start (`+10m`). Where every time is an instant and one lies outside
the scenario, the scenario is moved: it begins LEAD_M before the first event and lasts at least as long after the last.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, get_args

from watchkeeper.errors import ConfigError, Location, Problem, did_you_mean
from watchkeeper.project.model import Environment
from watchkeeper.project.source import Document, parse_document
from watchkeeper.project.validate import STRICT, locate_in, validate
from watchkeeper.sandbox.actions import (
    Action,
    BrokenIntake,
    Deploy,
    Failover,
    LostZone,
    Nothing,
    Planned,
    SetCount,
    SlowDatabase,
    StoppedPipe,
    Traffic,
)
from watchkeeper.sandbox.scenario import Scenario
from watchkeeper.timeline import EventKind, TimelineEvent, utc_text

PlayedKind = Literal["deploy", "failover", "fault", "scaling", "workload", "note"]
LEAD_M: Final = 30
_LONGEST_M: Final = 7 * 1440
_MINUTE_S: Final = 60
_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
_FAULTS: Final[Mapping[str, type[Action]]] = {
    "aurora-slow": SlowDatabase,
    "firehose-stopped": StoppedPipe,
    "intake-down": BrokenIntake,
    "zone-lost": LostZone,
}
_ACTIONS: Final[Mapping[str, type[Action]]] = {
    "deploy": Deploy,
    "failover": Failover,
    "scaling": SetCount,
    "workload": Traffic,
    "note": Nothing,
}
_OF_A_SERVICE: Final = ("deploy", "scaling")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One event as it is written. `env` and `url` are read, so that a timeline that was exported can be played."""

    __pydantic_config__ = STRICT

    at: str
    kind: str
    source: str = ""
    title: str = ""
    service: str = ""
    env: str = ""
    url: str = ""
    detail: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class _Read:
    """A line that was understood. at_s: Unix seconds, or seconds after the start."""

    line: _Line
    action: Action
    at_s: int
    is_relative: bool
    where: Location


def read_script(path: Path, name: str, scenario: Scenario, environment: Environment) -> tuple[Scenario, list[Planned]]:
    """The scenario, moved where need be, and what happens in it. name: of the file, for messages.

    Raises ConfigError with every problem of every line.
    """
    problems: list[Problem] = []
    found: list[_Read] = []
    for number, text in enumerate(_text(path, name).splitlines(), start=1):
        if not text.strip():
            continue
        try:
            found.append(_read(text, number, name, environment))
        except ConfigError as err:
            problems += err.problems
    if not found and not problems:
        problems.append(Problem("there is no event in it", Location(name), fix="write one event a line"))
    if problems:
        raise ConfigError(problems)
    played = _moved(scenario, found)
    late = [each for each in found if not 0 <= _minute(each, played) < played.minutes]
    if late:
        span = f"{utc_text(played.start_s)} to {utc_text(played.start_s + played.minutes * _MINUTE_S)}"
        fix = f"the play lasts from {span}; choose another scenario with --scenario"
        raise ConfigError([Problem("the event lies outside of the play", each.where, fix=fix) for each in late])
    problems = list(_unsorted(found, played))
    if problems:
        raise ConfigError(problems)
    planned = [_planned(each, played, environment.name) for each in found]
    return played, planned


def _unsorted(found: Sequence[_Read], played: Scenario) -> Iterator[Problem]:
    """A timeline is sorted by time; a line that is not is most often a time that was mistyped."""
    latest: _Read | None = None
    for each in found:
        if latest is not None and _second(each, played) < _second(latest, played):
            what = f"`{each.line.at}` lies before `{latest.line.at}` of line {latest.where.line}"
            yield Problem(what, each.where, fix="sort the lines by time, or mend the time")
        else:
            latest = each


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as err:
        reason = getattr(err, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(Problem(f"cannot read {name}: {reason}", Location(name))) from err


def _read(text: str, number: int, name: str, environment: Environment) -> _Read:
    try:
        json.loads(text)
    except ValueError as err:
        column = getattr(err, "colno", 1)
        problem = Problem("not a JSON object", Location(name, number, column), fix="write one event a line")
        raise ConfigError(problem) from err
    # JSON is YAML too, which remembers places; the lines before it are left empty.
    document = parse_document("\n" * (number - 1) + text, name)
    line = validate(_Line, document.data, locate_in((document, ())), what="the event")
    problems = list(_wrong(line, document, environment))
    action: Action = Nothing()
    kind = _FAULTS.get(line.source) if line.kind == "fault" else _ACTIONS.get(line.kind)
    if kind is not None:
        try:
            action = validate(kind, dict(line.detail), locate_in((document, ("detail",))), what=f"a {line.kind}")
        except ConfigError as err:
            problems += err.problems
    if isinstance(action, LostZone) and action.zone not in environment.zones:
        fix = did_you_mean(action.zone, environment.zones) or f"zones: {', '.join(environment.zones)}"
        what = f"`{environment.name}` has no zone `{action.zone}`"
        problems.append(Problem(what, document.at(("detail", "zone")), fix=fix))
    if problems:
        raise ConfigError(problems)
    seconds, is_relative = _time(line.at)
    return _Read(line, action, seconds, is_relative, document.at(("at",)))


def _wrong(line: _Line, document: Document, environment: Environment) -> Iterator[Problem]:
    played = get_args(PlayedKind)
    if line.kind in played:
        pass
    elif line.kind in get_args(EventKind):
        fix = "leave the line out: what becomes of the others is what a replay shows"
        yield Problem(f"`{line.kind}` is an outcome; it cannot be played", document.at(("kind",)), fix=fix)
    else:
        fix = did_you_mean(line.kind, played) or f"kinds: {', '.join(played)}"
        yield Problem(f"there is no kind `{line.kind}`", document.at(("kind",)), fix=fix)
    if line.kind == "fault" and line.source not in _FAULTS:
        fix = did_you_mean(line.source, _FAULTS) or f"as `source`: {', '.join(_FAULTS)}"
        yield Problem(f"there is no fault `{line.source}`", document.at(("source",)), fix=fix)
    services = [service.id for service in environment.services]
    if line.service and line.service not in services:
        fix = did_you_mean(line.service, services) or f"services: {', '.join(services)}"
        yield Problem(f"`{environment.name}` has no service `{line.service}`", document.at(("service",)), fix=fix)
    if line.kind in _OF_A_SERVICE and not line.service:
        yield Problem(f"a {line.kind} names no service", document.at(), fix='add `"service": "NAME"`')
    try:
        _time(line.at)
    except ValueError:
        fix = "write +10m, +90s, +1h, or an instant as 2026-11-24T12:20:00Z"
        yield Problem(f"`{line.at}` is no time", document.at(("at",)), fix=fix)


def _time(text: str) -> tuple[int, bool]:
    """Seconds, and whether they count from the start. Raises ValueError."""
    relative = re.fullmatch(r"\+(\d{1,7})([smh])", text)
    if relative:
        return int(relative[1]) * _UNITS[relative[2]], True
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return int(moment.timestamp()), False


def _moved(scenario: Scenario, found: Sequence[_Read]) -> Scenario:
    end_s = scenario.start_s + scenario.minutes * _MINUTE_S
    if any(each.is_relative for each in found) or all(scenario.start_s <= each.at_s < end_s for each in found):
        return scenario
    first, last = min(each.at_s for each in found), max(each.at_s for each in found)
    start = first // _MINUTE_S * _MINUTE_S - LEAD_M * _MINUTE_S
    minutes = max(scenario.minutes, (last - start) // _MINUTE_S + LEAD_M)
    return replace(scenario, start=utc_text(start), minutes=min(minutes, _LONGEST_M))


def _second(each: _Read, scenario: Scenario) -> int:
    """Seconds after the start."""
    return each.at_s if each.is_relative else each.at_s - scenario.start_s


def _minute(each: _Read, scenario: Scenario) -> int:
    return _second(each, scenario) // _MINUTE_S


def _planned(each: _Read, scenario: Scenario, env: str) -> Planned:
    line = each.line
    at = scenario.start_s + each.at_s if each.is_relative else each.at_s
    title = line.title or _title(each.action, line)
    kind: EventKind = line.kind  # type: ignore[assignment]
    event = TimelineEvent(at, kind, line.source or line.service or line.kind, title, env, line.service, line.detail)
    return Planned(_minute(each, scenario), event, each.action)


def _title(action: Action, line: _Line) -> str:
    """One sentence for an event that has none."""
    match action:
        case SlowDatabase(factor=factor):
            return f"{line.source} injected: statements take {factor:g} times as long"
        case StoppedPipe():
            return f"{line.source} injected"
        case BrokenIntake(answers=answers, of=of):
            how = f"answers {answers}" if answers else "does not answer"
            return f"Datadog's intake of {'metrics and logs' if of == 'all' else of} {how}"
        case LostZone(zone=zone):
            return f"zone {zone} is lost"
        case Failover(outage_s=outage_s):
            return f"Aurora fails over; nothing can be written for {outage_s} s"
        case Deploy():
            return f"a new version of {line.service} is deployed"
        case SetCount(to=to):
            return f"{line.service}: set to {to} tasks by hand"
        case Traffic(factor=factor):
            return f"{line.service or 'every service'} gets {factor:g} times the requests"
        case Nothing():
            return "a note"
