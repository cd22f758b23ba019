"""Series of a backtest from a live account: each metric of each query, as that query asks for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.datadog.history import RATE_PERIOD_S, History, pieces
from watchkeeper.adapters.endpoints import endpoint
from watchkeeper.commands.monitors.live_queries import MINUTE_S, Asked, Need, need_of
from watchkeeper.commands.session import Session
from watchkeeper.errors import Problem
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.recorded import RecordedSeries, Track
from watchkeeper.query.series import Kind

_KEPT = ".watchkeeper/backtest"


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
        for each in found.asked:
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
    read = [each for each in needs if all(one in complete for one in each.asked)]
    if len(read) < len(needs):
        problems.append(_unread([each.subject for each in needs if each not in read]))
    rows = sum(len(track.values) for track in tracks)
    pairs = [(each.subject, each.rewritten) for each in read]
    return LiveSeries(pairs, RecordedSeries(tracks), problems, rows, history.requests, total, done, kept)


def _needs(subjects: Sequence[Subject], problems: list[Problem]) -> list[Need]:
    found = []
    for subject in subjects:
        need = need_of(subject)
        if need is not None:
            found.append(need)
        else:
            what = f"`{subject.id}` is left out: only queries of metrics are read from Datadog"
            problems.append(Problem(what, subject.where, fix="record its series to files", severity="warning"))
    return found


def _unread(subjects: Sequence[Subject]) -> Problem:
    names = ", ".join(f"`{each.id}`" for each in subjects)
    what = f"{names} {'is' if len(subjects) == 1 else 'are'} left out: interrupted before the series were read"
    return Problem(what, fix="run the same again: it goes on where it ended", severity="warning")


def tracks_of(asked: Asked, answers: Iterable[Mapping[str, Any]], end: int, problems: list[Problem]) -> list[Track]:
    """The series of the answers, a track a group; a coarser interval than a minute is said."""
    points: dict[frozenset[str], dict[int, float]] = {}
    coarsest = MINUTE_S
    for answer in answers:
        for series in answer.get("series") or ():
            tags = frozenset(str(tag).lower() for tag in series.get("tag_set") or () if tag != "*")
            coarsest = max(coarsest, int(series.get("interval") or 0))
            kept = points.setdefault(tags, {})
            for at_ms, value in series.get("pointlist") or ():
                if value is not None and at_ms // 1000 < end:
                    kept[int(at_ms // 1000)] = float(value)
    if coarsest > MINUTE_S:
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
