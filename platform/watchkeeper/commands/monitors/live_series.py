"""Series of a backtest from a live account: each metric of each query, as that query asks for it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.datadog.history import RATE_PERIOD_S, History, pieces
from watchkeeper.adapters.endpoints import endpoint
from watchkeeper.commands.session import Session
from watchkeeper.errors import Problem
from watchkeeper.monitors.alerting import any_query
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.ast import Call, Method, Metric
from watchkeeper.query.expression_lines import shift_of
from watchkeeper.query.forms import ChangeQuery, CompositeQuery, MonitorQuery
from watchkeeper.query.printer import render_expression
from watchkeeper.query.recorded import RecordedSeries, Track
from watchkeeper.query.series import Kind
from watchkeeper.query.visit import metrics_in, nodes_of

_MINUTE_S = 60
_ROLLUPS = ("avg", "sum", "min", "max")
_KEPT = ".watchkeeper/backtest"


@dataclass(frozen=True, slots=True)
class Asked:
    """A metric as a query asks for it. name: of the series that the answers become. query: what Datadog is asked."""

    name: str
    query: str
    is_counted: bool


@dataclass(frozen=True, slots=True)
class LiveSeries:
    """pairs: each monitor and its rewritten self, which asks for the series that were read for it.

    pieces, done: how many answers are needed, and are there: fewer after an interrupt. kept: the folder they are in.
    """

    pairs: list[tuple[Subject, Subject]]
    series: RecordedSeries
    problems: list[Problem]
    rows: int
    requests: int
    pieces: int
    done: int
    kept: str


def read_live(
    session: Session, subjects: Sequence[Subject], start: int, end: int, now: int, progress: Callable[[int, int], None]
) -> LiveSeries:
    """start, end, now: Unix seconds. progress: is told how many pieces are there, and of how many.

    An interrupt leaves the monitors whose series are complete. Raises UsageError, RemoteError.
    """
    client = DatadogClient(endpoint(session.target, "datadog"), max_wait_s=RATE_PERIOD_S)
    kept = f"{_KEPT}/{client.caller.host}"
    history = History(client, session.root / kept, now)
    problems: list[Problem] = []
    needs = _needs(subjects, problems)
    asked: dict[Asked, int] = {}
    for found in needs:
        for _, each in found.metrics:
            asked[each] = min(asked.get(each, start), start - found.before_s)
    total, done = sum(len(pieces(begin, end)) for begin in asked.values()), 0

    def seen() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    tracks: list[Track] = []
    complete: set[Asked] = set()
    with suppress(KeyboardInterrupt):
        for each, begin in asked.items():
            answers = history.read(each.query, begin, end, seen)
            tracks += tracks_of(each, answers, end, problems)
            complete.add(each)
    read = [each for each in needs if all(one in complete for _, one in each.metrics)]
    if len(read) < len(needs):
        problems.append(_unread([each.subject for each in needs if each not in read]))
    rows = sum(len(track.values) for track in tracks)
    pairs = [(each.subject, _rewritten(each.subject, each.metrics)) for each in read]
    return LiveSeries(pairs, RecordedSeries(tracks), problems, rows, history.requests, total, done, kept)


@dataclass(frozen=True, slots=True)
class _Need:
    """What a monitor asks for. before_s: how far back of the evaluated instant it looks."""

    subject: Subject
    metrics: Sequence[tuple[Metric, Asked]]
    before_s: int


def _needs(subjects: Sequence[Subject], problems: list[Problem]) -> list[_Need]:
    found = []
    for subject in subjects:
        query = any_query(subject.definition)
        if isinstance(query, CompositeQuery):
            found.append(_Need(subject, (), 0))
        elif isinstance(query, MonitorQuery | ChangeQuery):
            asked = [(metric, asked_as(metric)) for metric in metrics_in(query)]
            found.append(_Need(subject, asked, looks_back_s(subject.definition)))
        else:
            what = f"`{subject.id}` is left out: only queries of metrics are read from Datadog"
            problems.append(Problem(what, subject.where, fix="record its series to files", severity="warning"))
    return found


def looks_back_s(definition: Mapping[str, Any]) -> int:
    """How many seconds before an evaluation the data begins that it needs: window, delay, and what is compared with."""
    query = any_query(definition)
    assert isinstance(query, MonitorQuery | ChangeQuery)
    shifts = [shift_of(node, 0) for node in nodes_of(query) if isinstance(node, Call)]
    back_s = sum(-shift for shift in shifts if shift is not None and shift < 0)
    if isinstance(query, ChangeQuery):
        back_s += query.shift.seconds
    return query.window.seconds + back_s + int((definition.get("options") or {}).get("evaluation_delay") or 0)


def _unread(subjects: Sequence[Subject]) -> Problem:
    names = ", ".join(f"`{each.id}`" for each in subjects)
    what = f"{names} {'is' if len(subjects) == 1 else 'are'} left out: interrupted before the series were read"
    return Problem(what, fix="run the same again: it goes on where it ended", severity="warning")


def asked_as(metric: Metric) -> Asked:
    """What Datadog is asked for a metric of a query: its scope, groups and space aggregation, a point a minute."""
    counts = metric.method("as_count") is not None or metric.method("as_rate") is not None
    rollup = metric.method("rollup")
    how = rollup.words[0] if rollup is not None and rollup.words and rollup.words[0] in _ROLLUPS else ""
    methods = (Method("as_count"),) if counts else ()
    plain = replace(metric, methods=methods)
    query = f"{render_expression(plain)}.rollup({how or ('sum' if counts else 'avg')}, {_MINUTE_S})"
    digest = hashlib.sha256(query.encode()).hexdigest()[:8]
    return Asked(f"{metric.name}.q{digest}", query, counts)


def _rewritten(subject: Subject, found: Sequence[tuple[Metric, Asked]]) -> Subject:
    if not found:
        return subject
    text = str(subject.definition["query"])
    for metric, asked in sorted(found, key=lambda each: each[0].at, reverse=True):
        # The answer is aggregated over space already; one series a group is left.
        aggregator = "max" if metric.aggregator == "count" else metric.aggregator
        by = f" by {{{','.join(metric.by)}}}" if metric.by else ""
        methods = "".join(f".{each.name}({', '.join(each.words)})" for each in metric.methods)
        text = f"{text[: metric.at]}{aggregator}:{asked.name}{{*}}{by}{methods}{text[metric.end :]}"
    return replace(subject, definition={**subject.definition, "query": text})


def tracks_of(asked: Asked, answers: Iterable[Mapping[str, Any]], end: int, problems: list[Problem]) -> list[Track]:
    """The series of the answers, a track a group; a coarser interval than a minute is said."""
    points: dict[frozenset[str], dict[int, float]] = {}
    coarsest = _MINUTE_S
    for answer in answers:
        for series in answer.get("series") or ():
            tags = frozenset(str(tag).lower() for tag in series.get("tag_set") or () if tag != "*")
            coarsest = max(coarsest, int(series.get("interval") or 0))
            kept = points.setdefault(tags, {})
            for at_ms, value in series.get("pointlist") or ():
                if value is not None and at_ms // 1000 < end:
                    kept[int(at_ms // 1000)] = float(value)
    if coarsest > _MINUTE_S:
        what = f"Datadog answers {asked.query} with a point every {coarsest} s, not every minute"
        problems.append(Problem(what, fix="older data is kept coarser; take a later period", severity="warning"))
    if not any(points.values()):
        problems.append(Problem(f"Datadog has no points of {asked.query}", severity="warning"))
    kind: Kind = "count" if asked.is_counted else "gauge"
    return [
        Track(
            asked.name,
            tags,
            np.array(sorted(kept), dtype=np.int64),
            np.array([kept[at] for at in sorted(kept)], dtype=np.float64),
            kind,
            coarsest,
        )
        for tags, kept in points.items()
        if kept
    ]
