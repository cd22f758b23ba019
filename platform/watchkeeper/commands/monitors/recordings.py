"""The recorded series of a backtest: files, folders, and traces that are given a name."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from watchkeeper.adapters.series_files import SeriesFiles, read_series
from watchkeeper.adapters.series_trace import read_trace
from watchkeeper.errors import Problem, UsageError, did_you_mean
from watchkeeper.monitors.playback import queried_metrics, unheard
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.recorded import RecordedSeries
from watchkeeper.query.series import Kind

_NAMED: Final = re.compile(r"(?P<metric>[A-Za-z][\w.\-/]*)(?:\{(?P<tags>[^{}]*)\})?=(?P<path>.+)", re.DOTALL)


def asked_for(subjects: Collection[Subject]) -> dict[str, Kind]:
    """Every metric that the monitors ask for, with its kind as far as their queries tell."""
    kinds: dict[str, Kind] = {}
    for subject in subjects:
        for metric, kind in queried_metrics(subject).items():
            if kind == "count" or metric not in kinds:
                kinds[metric] = kind
    return kinds


def read_recordings(sources: Sequence[str], kinds: Mapping[str, Kind], now: int) -> SeriesFiles:
    """Of `--series`: a file, a folder, or `metric{tag,tag}=trace.csv`. Only the metrics of `kinds` are kept.

    now: Unix seconds; later samples are dropped. Raises ConfigError, UsageError.
    """
    found: list[SeriesFiles] = []
    plain = []
    for text in sources:
        match = None if Path(text).exists() else _NAMED.fullmatch(text)
        if match is None:
            plain.append(Path(text))
        else:
            tags = frozenset(tag.strip().lower() for tag in (match["tags"] or "").split(",") if tag.strip())
            kind = kinds.get(match["metric"], "gauge")
            found.append(read_trace(Path(match["path"]), match["metric"], tags, kind, now))
    if plain:
        found.append(read_series(plain, metrics=kinds.keys(), kinds=kinds, now=now))
    tracks = [track for each in found for metric in each.series.metrics for track in each.series.tracks(metric)]
    series = RecordedSeries(track for track in tracks if track.metric in kinds)
    if series.period is None:
        asked = ", ".join(sorted(kinds)[:5])
        seen = sorted({track.metric for track in tracks})
        near = did_you_mean(next(iter(kinds), ""), seen)
        raise UsageError("the files hold no series that the monitors ask for", near or f"they ask for {asked}")
    return SeriesFiles(
        series,
        sum(each.rows for each in found),
        sum(each.dropped for each in found),
        tuple(problem for each in found for problem in each.problems),
    )


def unrecorded(subjects: Collection[Subject], series: RecordedSeries) -> list[Problem]:
    """Metrics that a monitor asks for and nobody recorded: its figures are those of silence."""
    known = set(series.metrics)
    problems = []
    for subject in subjects:
        missing = unheard(subject, known)
        if missing:
            what = f"`{subject.id}` asks for {', '.join(missing)}, of which nothing is recorded"
            fix = did_you_mean(missing[0], known) or "add the series, or read its figures as those of silence"
            problems.append(Problem(what, subject.where, fix=fix, rule="unknown-metric", severity="warning"))
    return problems
