"""`dashboards/*.yaml` to dashboards: rendered for one environment, typed, every problem at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from annotated_types import MinLen

from watchkeeper.dashboards.model import Dashboard, Display, Query, Threshold, Widget, WidgetGroup
from watchkeeper.errors import ConfigError, Location, Problem, did_you_mean
from watchkeeper.monitors.codec import encode_monitor
from watchkeeper.monitors.model import Monitor
from watchkeeper.project.identity import Identity
from watchkeeper.project.jinja_engine import TemplateEngine, read_partials
from watchkeeper.project.model import Environment, Project
from watchkeeper.project.source import read_document
from watchkeeper.project.templates import Entry, environment_scope, expand, shape_problems
from watchkeeper.project.validate import STRICT, validate
from watchkeeper.query.ast import Call
from watchkeeper.query.forms import MonitorQuery
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_graph_query, parse_query
from watchkeeper.query.parts import has_arithmetic

FOLDER: Final = "dashboards"
_OF_NO_UNIT: Final = ("anomalies", "outliers")
"""Functions whose value in a monitor is a share, or 0 or 1; that of a forecast has the metric's unit."""
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    """One line of a chart.

    query: a metric query, as in a Datadog graph. label: how the line is called; groups of the query add their own
    names.
    """

    __pydantic_config__ = STRICT

    query: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Widget:
    """One chart, a timeseries of Datadog.

    title: text above the chart. queries: the lines of the chart. unit: as people read it on the axis. display: how
    the lines are drawn. monitor: id of a monitor of the same service, or of none, whose thresholds the chart shows.
    """

    __pydantic_config__ = STRICT

    title: str
    queries: Annotated[tuple[_Query, ...], MinLen(1)]
    unit: str = ""
    display: Display = "line"
    monitor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """The charts of one layer, a group widget of Datadog.

    title: text above the group. widgets: the charts, from left to right and from top to bottom.
    """

    __pydantic_config__ = STRICT

    title: str
    widgets: Annotated[tuple[_Widget, ...], MinLen(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardDeclaration:
    """A dashboard as its file declares it.

    id: unique for its service; lower-case letters, digits and `-`, at most 64. title: as Datadog lists it. groups:
    groups of charts, from top to bottom. description: below the title; the line that marks the dashboard as ours is
    added to it.
    """

    __pydantic_config__ = STRICT

    id: str
    title: str
    groups: Annotated[tuple[_Group, ...], MinLen(1)]
    description: str = ""


def load_dashboards(project: Project, environment: Environment, monitors: Sequence[Monitor]) -> list[Dashboard]:
    """Every dashboard of an environment. monitors: whose thresholds charts may show.

    Raises ConfigError with all problems of all files.
    """
    found: list[Dashboard] = []
    problems: list[Problem] = []
    scope = environment_scope(project, environment)
    by_name = {(monitor.service, monitor.identity.id): monitor for monitor in monitors}
    with TemplateEngine(read_partials(project.root, FOLDER)) as engine:
        for file in sorted((project.root / FOLDER).glob("*.yaml")):
            try:
                document = read_document(project.root, file.relative_to(project.root).as_posix())
                problems += shape_problems(document, ("dashboards",), "a dashboard file")
                entries = expand(document, "dashboards", scope, engine)
            except ConfigError as err:
                problems += err.problems
                continue
            for entry in entries:
                try:
                    found.append(_dashboard(entry, project, environment, by_name))
                except ConfigError as err:
                    problems += [problem for problem in err.problems if problem not in problems]
    problems += _duplicates(found)
    if problems:
        raise ConfigError(problems)
    return found


def has_dashboards(root: Path) -> bool:
    """Whether a project declares any."""
    return any((root / FOLDER).glob("*.yaml"))


def _dashboard(
    entry: Entry, project: Project, environment: Environment, monitors: Mapping[tuple[str, str], Monitor]
) -> Dashboard:
    given = validate(DashboardDeclaration, entry.data, entry.locate, what=f"dashboard `{entry.data.get('id', '?')}`")
    problems: list[Problem] = []
    if not _ID.fullmatch(given.id):
        fix = "use lower-case letters, digits and `-`, at most 64"
        problems.append(
            Problem(f"`{given.id}` cannot be the id of a dashboard", entry.where("id"), fix=fix, rule="name")
        )
    groups = []
    for number, group in enumerate(given.groups):
        widgets = []
        for index, widget in enumerate(group.widgets):
            path = ("groups", number, "widgets", index)
            problems += _query_problems(widget, entry, path)
            thresholds: tuple[Threshold, ...] = ()
            if widget.monitor is not None:
                try:
                    thresholds = _thresholds(widget.monitor, entry, path, monitors)
                except ConfigError as err:
                    problems += err.problems
            queries = tuple(Query(" ".join(each.query.split()), each.label) for each in widget.queries)
            widgets.append(Widget(widget.title, queries, widget.unit, widget.display, thresholds))
        groups.append(WidgetGroup(group.title, tuple(widgets)))
    if problems:
        raise ConfigError(problems)
    return Dashboard(
        identity=Identity(project.name, environment.name, entry.service, given.id),
        title=given.title.strip(),
        description=given.description.strip(),
        groups=tuple(groups),
        where=entry.where("id"),
    )


def _query_problems(widget: _Widget, entry: Entry, path: tuple[str | int, ...]) -> Iterator[Problem]:
    for index, each in enumerate(widget.queries):
        try:
            parse_graph_query(each.query)
        except QuerySyntaxError as err:
            where = entry.where(*path, "queries", index, "query")
            yield Problem(f"query: {err} at column {err.column}", where, fix=err.fix, rule="query-syntax")


def _thresholds(
    name: str, entry: Entry, path: tuple[str | int, ...], monitors: Mapping[tuple[str, str], Monitor]
) -> tuple[Threshold, ...]:
    """The thresholds of a monitor, of the same service or of none. Raises ConfigError."""
    where = entry.where(*path, "monitor")
    monitor = monitors.get((entry.service, name)) or monitors.get(("", name))
    if monitor is None:
        known = sorted({each for service, each in monitors if service in ("", entry.service)})
        fix = did_you_mean(name, known) or "name a monitor of this service, or one that belongs to none"
        raise ConfigError([Problem(f"unknown monitor `{name}`", where, fix=fix, rule="unknown-reference")])
    query = _compared_with_points(monitor, where)
    if query.aggregator == "sum" and not has_arithmetic(query.expression):
        fix = "leave `monitor:` out, or show a query over the same window"
        text = f"monitor `{name}` sums over {query.window_s} s; its threshold means nothing on a chart per minute"
        raise ConfigError([Problem(text, where, fix=fix, rule="threshold-mismatch")])
    given = encode_monitor(monitor, [])["options"].get("thresholds") or {"critical": query.threshold}
    found = [Threshold(name, query.comparator, float(given["critical"]), "error")]
    if "warning" in given:
        found.append(Threshold(name, query.comparator, float(given["warning"]), "warning"))
    return tuple(found)


def _compared_with_points(monitor: Monitor, where: Location) -> MonitorQuery:
    """The query of a monitor that compares what a chart shows with a number. Raises ConfigError."""
    name = monitor.identity.id
    try:
        query = parse_query(monitor.query, monitor.type)
    except QuerySyntaxError as err:
        text = f"the query of monitor `{name}` cannot be read: {err}"
        raise ConfigError([Problem(text, where, fix=err.fix, rule="query-syntax")]) from err
    if not isinstance(query, MonitorQuery) or query.comparison.value is None or _has_no_unit(query):
        text = f"monitor `{name}` compares no points of a metric with a number; its threshold means nothing on a chart"
        raise ConfigError([Problem(text, where, fix="leave `monitor:` out", rule="threshold-mismatch")])
    return query


def _has_no_unit(query: MonitorQuery) -> bool:
    return isinstance(query.expression, Call) and query.expression.name in _OF_NO_UNIT


def _duplicates(found: Sequence[Dashboard]) -> Iterator[Problem]:
    seen: dict[Identity, Dashboard] = {}
    for each in found:
        other = seen.setdefault(each.identity, each)
        if other is not each:
            what = f"duplicate dashboard `{each.identity.short}`; the other one is at {other.where}"
            yield Problem(what, each.where, fix="give it an id of its own", rule="duplicate-id")
