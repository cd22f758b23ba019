"""`platform/routing/*.yaml` to people, schedules and escalation policies; every problem at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from annotated_types import Ge, Gt, Le, MinLen

from watchkeeper.errors import ConfigError, Location, Problem, did_you_mean
from watchkeeper.project.jinja_engine import TemplateEngine, read_partials
from watchkeeper.project.model import Environment, Project
from watchkeeper.project.source import read_document
from watchkeeper.project.templates import Entry, environment_scope, expand, shape_problems
from watchkeeper.project.validate import STRICT, validate
from watchkeeper.routing.escalation import EscalationPolicy, Level, Target
from watchkeeper.routing.outlets import PagerDutyService, SlackChannel
from watchkeeper.routing.schedule import DAY_S, Restriction, Schedule, ScheduleLayer, instant

FOLDER: Final = "platform/routing"
T = TypeVar("T")
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK: Final = "%H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who can be paged.

    id: by which schedules and policies name them. name: as PagerDuty shows it. email: their PagerDuty login. slack:
    their member name in Slack.
    """

    __pydantic_config__ = STRICT

    id: str
    name: str
    email: str
    slack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """When a layer is on, each day or each week.

    start: time of day on the wall clock of the schedule's zone, `"18:00"`. hours: how long it is on from then.
    weekday: `mon` to `sun`; every day where it is left out.
    """

    __pydantic_config__ = STRICT

    start: str
    hours: Annotated[float, Gt(0), Le(167)]
    weekday: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """People who take turns.

    id: the layer's name, in PagerDuty too. start: of the first turn, on the wall clock of the schedule's zone,
    `2026-01-05T09:00`. turn_days: how long each turn is. people: their ids, in the order of their turns. only: the
    hours in which the layer is on; always where it is left out.
    """

    __pydantic_config__ = STRICT

    id: str
    start: str
    turn_days: Annotated[int, Ge(1), Le(365)]
    people: Annotated[tuple[str, ...], MinLen(1)]
    only: tuple[_Window, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Schedule:
    """Who is on call when.

    id: by which escalation policies name it. time_zone: of its times, an IANA name such as `Europe/Berlin`. layers:
    the lowest first; a later one wins where it is on.
    """

    __pydantic_config__ = STRICT

    id: str
    time_zone: str
    layers: Annotated[tuple[_Layer, ...], MinLen(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """Who is asked at the same time.

    delay_minutes: how long PagerDuty waits for an acknowledgement before it asks the next level. schedules: ids of
    schedules; whoever is on call is asked. people: ids of people, who are asked at any hour.
    """

    __pydantic_config__ = STRICT

    delay_minutes: Annotated[int, Ge(1), Le(1440)]
    schedules: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Policy:
    """Whom an unacknowledged page reaches, and after how long.

    id: by which PagerDuty services name it. team: who owns it, by the team's id. levels: asked one after the other.
    loops: how often the levels are repeated after the first round.
    """

    __pydantic_config__ = STRICT

    id: str
    team: str
    levels: Annotated[tuple[_Level, ...], MinLen(1)]
    loops: Annotated[int, Ge(0), Le(9)] = 0


SECTIONS: Final[Mapping[str, type]] = {
    "people": Person,
    "schedules": _Schedule,
    "escalation_policies": _Policy,
    "services": PagerDutyService,
    "slack_channels": SlackChannel,
}
"""What an entry of each file may say."""


@dataclass(frozen=True, slots=True)
class OnCallPlan:
    """Everything that decides who is paged, by id. places: where each is declared, by (section, id)."""

    people: Mapping[str, Person] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    policies: Mapping[str, EscalationPolicy] = field(default_factory=dict)
    services: Mapping[str, PagerDutyService] = field(default_factory=dict)
    channels: Mapping[str, SlackChannel] = field(default_factory=dict)
    places: Mapping[tuple[str, str], Location] = field(default_factory=dict)


def load_on_call(project: Project, environment: Environment) -> OnCallPlan:
    """The on-call plan of an environment. Raises ConfigError with all problems of all files."""
    problems: list[Problem] = []
    with TemplateEngine(read_partials(project.root, FOLDER)) as engine:

        def read(section: str, kind: type[T]) -> dict[str, tuple[T, Entry]]:
            try:
                document = read_document(project.root, f"{FOLDER}/{section}.yaml")
                problems.extend(shape_problems(document, (section,), f"a file of {section.replace('_', ' ')}"))
                entries = expand(document, section, environment_scope(project, environment), engine)
            except ConfigError as err:
                problems.extend(err.problems)
                return {}
            return _typed(entries, kind, problems)

        people = read("people", Person)
        schedules = read("schedules", _Schedule)
        policies = read("escalation_policies", _Policy)
        services = read("services", PagerDutyService)
        channels = read("slack_channels", SlackChannel)
    known = set(people)
    for schedule, entry in schedules.values():
        problems += _schedule_problems(schedule, entry, known)
    for policy, entry in policies.values():
        problems += _policy_problems(policy, entry, known, schedules, project.teams)
    for service, entry in services.values():
        problems += _unknown("escalation policy", [service.escalation_policy], policies, entry, "escalation_policy")
    if problems:
        raise ConfigError(problems)
    sections: Mapping[str, Mapping[str, tuple[object, Entry]]] = {
        "people": people,
        "schedules": schedules,
        "escalation_policies": policies,
        "services": services,
        "slack_channels": channels,
    }
    return OnCallPlan(
        {name: person for name, (person, _) in people.items()},
        {name: _schedule(each) for name, (each, _) in schedules.items()},
        {name: _policy(each) for name, (each, _) in policies.items()},
        {name: service for name, (service, _) in services.items()},
        {name: channel for name, (channel, _) in channels.items()},
        {
            (section, name): entry.where("id")
            for section, found in sections.items()
            for name, (_, entry) in found.items()
        },
    )


def _typed(entries: Iterable[Entry], kind: type[T], problems: list[Problem]) -> dict[str, tuple[T, Entry]]:
    found: dict[str, tuple[T, Entry]] = {}
    for entry in entries:
        try:
            value = validate(kind, entry.data, entry.locate, what=f"`{entry.data.get('id', '?')}`")
        except ConfigError as err:
            problems.extend(err.problems)
            continue
        name = str(entry.data["id"])
        if name in found:
            problems.append(Problem(f"duplicate id `{name}`", entry.where("id"), rule="duplicate-id"))
        found[name] = (value, entry)
    return found


def _unknown(
    what: str, names: Iterable[str], known: Iterable[str], entry: Entry, *path: str | int
) -> Iterator[Problem]:
    for index, name in enumerate(names):
        if name not in set(known):
            fix = did_you_mean(name, known) or f"declare it in {FOLDER}"
            where = entry.where(*path, index) if path[1:] else entry.where(*path)
            yield Problem(f"unknown {what} `{name}`", where, fix=fix, rule="unknown-reference")


def _schedule_problems(schedule: _Schedule, entry: Entry, people: set[str]) -> Iterator[Problem]:
    try:
        ZoneInfo(schedule.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        fix = "write an IANA name such as Europe/Berlin"
        yield Problem(f"unknown time zone `{schedule.time_zone}`", entry.where("time_zone"), fix=fix)
    for number, layer in enumerate(schedule.layers):
        yield from _unknown("person", layer.people, people, entry, "layers", number, "people")
        if not _reads(datetime.fromisoformat, layer.start):
            fix = "write 2026-01-05T09:00, on the wall clock of the schedule's zone"
            yield Problem(f"`{layer.start}` is not a time", entry.where("layers", number, "start"), fix=fix)
        for index, window in enumerate(layer.only):
            where = entry.where("layers", number, "only", index)
            if not _reads(_clock, window.start):
                yield Problem(f"`{window.start}` is not a time of day", where, fix='write "18:00"')
            if window.weekday is not None and window.weekday not in _DAYS:
                yield Problem(f"`{window.weekday}` is not a weekday", where, fix=f"one of {', '.join(_DAYS)}")
            if window.weekday is None and window.hours >= 24:  # noqa: PLR2004 - hours of a day
                yield Problem("a daily window is shorter than a day", where, fix="leave `only` out, or name a weekday")


def _policy_problems(
    policy: _Policy, entry: Entry, people: Iterable[str], schedules: Iterable[str], teams: Iterable[str]
) -> Iterator[Problem]:
    if policy.team not in set(teams):
        fix = did_you_mean(policy.team, teams) or "declare it in watchkeeper.yaml"
        yield Problem(f"unknown team `{policy.team}`", entry.where("team"), fix=fix, rule="unknown-reference")
    for number, level in enumerate(policy.levels):
        yield from _unknown("schedule", level.schedules, schedules, entry, "levels", number, "schedules")
        yield from _unknown("person", level.people, people, entry, "levels", number, "people")
        if not level.schedules and not level.people:
            what = f"level {number + 1} of `{policy.id}` reaches nobody"
            yield Problem(what, entry.where("levels", number), fix="name `schedules:` or `people:`")


def _reads(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _clock(text: str) -> int:
    moment = datetime.strptime(text, _CLOCK)  # noqa: DTZ007 - a time of day
    return moment.hour * 3600 + moment.minute * 60


def _schedule(given: _Schedule) -> Schedule:
    layers = []
    for layer in given.layers:
        start = instant(datetime.fromisoformat(layer.start), given.time_zone)
        restrictions = tuple(
            Restriction(
                _clock(window.start),
                round(window.hours * 3600),
                None if window.weekday is None else _DAYS.index(window.weekday) + 1,
            )
            for window in layer.only
        )
        layers.append(
            ScheduleLayer(
                name=layer.id,
                people=layer.people,
                rotation_start=start,
                turn_s=layer.turn_days * DAY_S,
                start=start,
                restrictions=restrictions,
            )
        )
    return Schedule(id=given.id, time_zone=given.time_zone, layers=tuple(layers))


def _policy(given: _Policy) -> EscalationPolicy:
    levels = tuple(
        Level(
            level.delay_minutes * 60,
            (
                *(Target("schedule", name) for name in level.schedules),
                *(Target("person", name) for name in level.people),
            ),
        )
        for level in given.levels
    )
    return EscalationPolicy(id=given.id, team=given.team, levels=levels, loops=given.loops)
