"""What may stand in a file of monitor tests."""

from dataclasses import dataclass
from typing import Annotated, Final

from annotated_types import Ge

from watchkeeper.monitors.rules import State
from watchkeeper.project.validate import STRICT
from watchkeeper.query.series import Kind

DEFAULT_INTERVAL: Final = "60s"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesShape:
    """A series: of a metric, of the logs that a search finds, or of the runs of a service check.

    values: the samples in promtool's notation, `0+10x3`. metric: name of the metric. logs: instead of a metric, the
    search of a log monitor, the samples are how many logs it finds; or `"*"`, how many logs have these tags, of
    which each search counts those that it finds. check: instead of a metric, a service check; the samples are `OK`,
    `WARNING`, `CRITICAL`, `UNKNOWN`. tags: `key:value`; the query's scope and groups look at them. kind: of the
    metric; where left out, `count` where the query says `as_count` or `as_rate`, `gauge` otherwise. interval: of
    this series; that of the test where left out.
    """

    __pydantic_config__ = STRICT

    values: str | int | float
    metric: str = ""
    logs: str = ""
    check: str = ""
    tags: tuple[str, ...] = ()
    kind: Kind | None = None
    interval: str | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DowntimeShape:
    """When and whom it mutes.

    start: from the test's start; with an rrule, that of the first time. end: from the test's start; never where
    left out. scope: tags of the groups that are muted, `*` for all. monitor_tags: of the monitors that are muted.
    rrule: of a recurring one, as Datadog takes it. duration: of each time of a recurring one. time_zone: in which
    the rule is read, an IANA name.
    """

    __pydantic_config__ = STRICT

    start: str
    end: str | None = None
    scope: str = "*"
    monitor_tags: tuple[str, ...] = ("*",)
    rrule: str | None = None
    duration: str | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberShape:
    """A monitor of a composite or an objective: one that is declared or exported, or its states minute by minute.

    id: as in the composite's query: a number, or `api/edge-5xx`. monitor: a declared one, or a `.json` file, which
    is played through. states: instead of a monitor, `OKx5 Alertx3`.
    """

    __pydantic_config__ = STRICT

    id: int | str
    monitor: str = ""
    states: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationShape:
    """What is to be seen at an instant.

    at: how long after the start: `13m`, `1h30m`, or seconds; between two evaluations the earlier one counts. group:
    its tags, or those of a bundle (`notify_by`); without it the group that is worst off, and notices of any group
    or bundle. state: that of the monitor or group. value: what the query gave; three decimals are enough. title,
    message: of the latest transition at or before `at`: a part of it, or `/a regular expression/`; empty when
    nobody was told. reaches: who heard of that transition, such as `pagerduty:api-prod` or `slack:checkout-alerts`;
    some of them. `[]`: nobody. notices: how often people have been told until then, repetitions included. exact:
    equality instead of a part.
    """

    __pydantic_config__ = STRICT

    at: str | int
    group: str | tuple[str, ...] | None = None
    state: State | None = None
    value: float | None = None
    title: str | None = None
    message: str | None = None
    reaches: str | tuple[str, ...] | None = None
    notices: Annotated[int, Ge(0)] | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TestShape:
    """One test.

    name: a sentence; `--run REGEX` matches `FILE::NAME`. monitor: its id, `api/edge-5xx`; or a `.json` file with
    one monitor as Datadog exports it. expect: what is to be seen, each at an instant. env: the environment; without
    it the one of `--env`. start: a full minute, RFC 3339 or Unix seconds; else Monday 2026-01-05, midnight UTC.
    interval: time between two samples. series: what the monitor looks at. downtimes: in which notifications are
    held back. members: of a composite, or of an alert on an objective that is made of monitors; a declared member
    that is not given is played through itself. skip: why it is not run.
    """

    __pydantic_config__ = STRICT

    name: str
    monitor: str
    expect: tuple[ExpectationShape, ...]
    env: str | None = None
    start: str | int | None = None
    interval: str | int = DEFAULT_INTERVAL
    series: tuple[SeriesShape, ...] = ()
    downtimes: tuple[DowntimeShape, ...] = ()
    members: tuple[MemberShape, ...] = ()
    skip: str = ""
