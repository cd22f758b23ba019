"""Series of a backtest from a live account: each metric of each query, as that query asks for it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from watchkeeper.query.ast import Method, Metric
from watchkeeper.query.forms import ChangeQuery, CompositeQuery, MonitorQuery
from watchkeeper.query.printer import render_expression
from watchkeeper.query.recorded import RecordedSeries, Track
from watchkeeper.query.series import Kind
from watchkeeper.query.visit import metrics_in

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
    """pairs: each monitor and its rewritten self, which asks for the series that were read for it."""

    pairs: list[tuple[Subject, Subject]]
    series: RecordedSeries
    problems: list[Problem]
    rows: int
    requests: int


def read_live(
    session: Session, subjects: Sequence[Subject], start: int, end: int, now: int, progress: Callable[[int, int], None]
) -> LiveSeries:
    """start, end, now: Unix seconds. progress: is told how many pieces are there, and of how many.

    Raises UsageError, RemoteError.
    """
    client = DatadogClient(endpoint(session.target, "datadog"), max_wait_s=RATE_PERIOD_S)
    host = client.caller.host
    history = History(client, session.root / _KEPT / host, now)
    problems: list[Problem] = []
    asked: dict[str, Asked] = {}
    rewritten = []
    for subject in subjects:
        query = any_query(subject.definition)
        if isinstance(query, CompositeQuery):
            rewritten.append((subject, subject))
            continue
        if not isinstance(query, MonitorQuery | ChangeQuery):
            what = f"`{subject.id}` is left out: only queries of metrics are read from Datadog"
            problems.append(Problem(what, subject.where, fix="record its series to files", severity="warning"))
            continue
        found = [(metric, asked_as(metric)) for metric in metrics_in(query)]
        asked |= {each.name: each for _, each in found}
        rewritten.append((subject, _rewritten(subject, found)))
        start = min(start, start - query.window.seconds)
    total, done = len(pieces(start, end)) * len(asked), 0

    def seen() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    tracks: list[Track] = []
    for each in asked.values():
        answers = history.read(each.query, start, end, seen)
        tracks += tracks_of(each, answers, end, problems)
    rows = sum(len(track.values) for track in tracks)
    return LiveSeries(rewritten, RecordedSeries(tracks), problems, rows, history.requests)


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


def _rewritten(subject: Subject, found: Iterable[tuple[Metric, Asked]]) -> Subject:
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
