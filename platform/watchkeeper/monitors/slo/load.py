"""The `slos:` of a template to objectives: rendered for one environment, typed, every problem at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.errors import ConfigError, Problem, did_you_mean
from watchkeeper.monitors.declaring import former, naming_problems, team_of
from watchkeeper.monitors.model import Monitor
from watchkeeper.monitors.slo.burn_rate import BurnRate, burn_rate_monitors
from watchkeeper.monitors.slo.model import SLO, SloThreshold, SloType
from watchkeeper.monitors.slo.naming import is_remote_id, slo_query
from watchkeeper.project.identity import Identity
from watchkeeper.project.model import Environment, Project
from watchkeeper.project.templates import Entry
from watchkeeper.project.validate import STRICT, validate
from watchkeeper.query.forms import window_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of type `metric`: the good events, and all of them.

    numerator: query of the good events. denominator: query of all events.
    """

    __pydantic_config__ = STRICT

    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SloDeclaration:
    """A service level objective as its file declares it.

    id: unique for its service; lower-case letters, digits and `-`, at most 64; a rename is declared with
    `moved_from`. name: as people read it in Datadog. type: `metric`: good events of all; `monitor`: time in which
    monitors were quiet; `time_slice`: good slices of time. thresholds: what is aimed at, each over a time-frame of
    its own. description: text below the name. query: of type `metric`: what is counted. monitor_ids: of type
    `monitor`: monitors of the same service by their ids, of another as `service/id`, of none as `_/id`; or
    Datadog's numbers. groups: of an objective on exactly one monitor: which of its groups. sli_specification: of
    type `time_slice`: as Datadog's API takes it. team: who owns it; the service's where left out. tags: further
    ones, `name:value`; Datadog writes them in lower case. moved_from: former ids, `id` or `service/id`, so that the
    existing objective is kept. burn_rate: the alerts that come with it; `{}` for the standard ones.
    """

    __pydantic_config__ = STRICT

    id: str
    name: str
    type: SloType
    thresholds: tuple[SloThreshold, ...]
    description: str = ""
    query: Counts | None = None
    monitor_ids: tuple[int | str, ...] = ()
    groups: tuple[str, ...] = ()
    sli_specification: Mapping[str, Any] = field(default_factory=dict)
    team: str | None = None
    tags: tuple[str, ...] = ()
    moved_from: tuple[str, ...] = ()
    burn_rate: BurnRate | None = None


def slo_of(entry: Entry, project: Project, environment: Environment) -> tuple[SLO, list[Monitor]]:
    """An objective, and the burn-rate monitors that it asks for. Raises ConfigError with all of its problems."""
    found = validate(SloDeclaration, entry.data, entry.locate, what=f"SLO `{entry.data.get('id', '?')}`")
    identity = Identity(project.name, environment.name, entry.service, found.id)
    problems = [*naming_problems(found, identity, entry, project, "an SLO"), *_problems(found, entry)]
    if problems:
        raise ConfigError(problems)
    slo = SLO(
        identity=identity,
        name=found.name.strip(),
        type=found.type,
        thresholds=tuple(
            SloThreshold(timeframe=t.timeframe, target=t.target, warning=t.warning) for t in found.thresholds
        ),
        description=found.description.strip(),
        query={"numerator": found.query.numerator.strip(), "denominator": found.query.denominator.strip()}
        if found.query
        else {},
        monitor_ids=tuple(_member(each, identity) for each in found.monitor_ids),
        groups=found.groups,
        sli_specification=found.sli_specification,
        team=found.team if found.team is not None else team_of(entry),
        tags=found.tags,
        moved_from=tuple(former(name, identity) for name in found.moved_from),
        entry=entry,
    )
    return slo, list(burn_rate_monitors(slo, found.burn_rate)) if found.burn_rate is not None else []


def _member(name: int | str, identity: Identity) -> int | Identity:
    """A monitor by Datadog's number, by its id in the same service, or as `service/id`; `_/id` belongs to none."""
    if isinstance(name, int):
        return name
    service, slash, plain = name.rpartition("/")
    owner = ("" if service == "_" else service) if slash else identity.service
    return Identity(identity.project, identity.env, owner, plain)


def _problems(found: SloDeclaration, entry: Entry) -> Iterator[Problem]:
    if is_remote_id(found.id):
        what = f"`{found.id}` looks like an id of Datadog's, as queries of `slo alert` name them"
        yield Problem(what, entry.where("id"), fix="give it a name of its own", rule="name")
    tiers = found.burn_rate.tiers if found.burn_rate else ()
    for index, tier in enumerate(tiers):
        for name in ("long_window", "short_window"):
            text = getattr(tier, name)
            if name == "short_window" and not text:
                continue
            window = window_of(text)
            if window is None or window.kind != "last" or text.startswith("last"):
                where = entry.where("burn_rate", "tiers", index, name)
                yield Problem(f"`{text}` is no window", where, fix="write 1h, 6h or 24h, 5m or 30m", rule="wrong-value")
        if (tier.budget_percent is None) == (tier.burn_rate is None):
            where = entry.where("burn_rate", "tiers", index)
            fix = "write `budget_percent: 2`, or `burn_rate: 14.4`"
            yield Problem("a tier says how fast, in one of two ways", where, fix=fix, rule="wrong-value")


def reference_problems(slos: Sequence[SLO], monitors: Sequence[Monitor]) -> Iterator[Problem]:
    """Members that are not declared, and objectives that would measure their own alerts."""
    known = {monitor.identity: monitor for monitor in monitors}
    names = [identity.short for identity in known]
    for slo in slos:
        for index, member in enumerate(slo.monitor_ids):
            if isinstance(member, int):
                continue
            where = slo.entry.where("monitor_ids", index)
            monitor = known.get(member)
            if monitor is None:
                fix = did_you_mean(member.short, names) or "name a declared monitor, as `id` or `service/id`"
                yield Problem(f"there is no monitor `{member.short}`", where, fix=fix, rule="unknown-reference")
            elif slo_query(monitor.query, monitor.type) is not None:
                what = f"`{member.short}` is an alert on an objective, which no objective can be made of"
                yield Problem(what, where, fix="name monitors on metrics", rule="wrong-value")


def duplicate_slos(slos: Sequence[SLO]) -> Iterator[Problem]:
    """Objectives of one name."""
    seen: dict[Identity, SLO] = {}
    for slo in slos:
        other = seen.setdefault(slo.identity, slo)
        if other is not slo:
            what = f"duplicate SLO `{slo.identity.short}`; the other one is at {other.where}"
            yield Problem(what, slo.where, fix="give it an id of its own", rule="duplicate-id")


def short_names(slos: Collection[SLO]) -> Mapping[str, SLO]:
    """The objectives as queries name them."""
    return {slo.identity.short: slo for slo in slos}
