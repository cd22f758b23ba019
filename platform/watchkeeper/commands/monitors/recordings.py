"""The recorded series of a backtest: files, folders, and traces that are given a name."""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from watchkeeper.adapters.series_files import SeriesFiles, read_series
from watchkeeper.adapters.series_trace import read_trace
from watchkeeper.errors import ConfigError, Problem, UsageError, did_you_mean
from watchkeeper.monitors.alerting import any_query, parsed_query
from watchkeeper.monitors.playback import queried_metrics, unheard
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.forms import ChangeQuery, MonitorQuery
from watchkeeper.query.metric_frames import members_of_groups
from watchkeeper.query.recorded import RecordedSeries
from watchkeeper.query.series import Kind
from watchkeeper.query.visit import metrics_in

_MISSPELT: Final = 0.95
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
    unread = {track.metric: len(track.values) for track in tracks if track.metric not in kinds}
    if series.period is None:
        asked = ", ".join(sorted(kinds)[:5])
        seen = sorted({track.metric for track in tracks}.union(*(each.unasked for each in found)))
        near = did_you_mean(next(iter(kinds), ""), seen)
        what, fix = "the files hold no series that the monitors ask for", near or f"they ask for {asked}"
        problems = [problem for each in found for problem in each.problems]
        if any(each.dropped for each in found):
            raise ConfigError([*problems, Problem(what, fix=fix)])
        raise UsageError(what, fix)
    return SeriesFiles(
        series,
        sum(each.rows for each in found),
        sum(each.dropped for each in found),
        tuple(problem for each in found for problem in each.problems),
        {**unread, **{metric: count for each in found for metric, count in each.unasked.items()}},
    )


def unrecorded(subjects: Collection[Subject], files: SeriesFiles) -> list[Problem]:
    """Metrics that a monitor asks for and nobody recorded: its figures are those of silence."""
    known = set(files.series.metrics)
    found: dict[tuple[str, tuple[str, ...]], list[Subject]] = {}
    for subject in subjects:
        missing = tuple(unheard(subject, known))
        if missing:
            # A declaration that is repeated for each service is named once.
            found.setdefault((subject.declaration, missing), []).append(subject)
    problems = []
    for (_, missing), asking in found.items():
        verb = "asks" if len(asking) == 1 else "ask"
        what = f"{_named(asking)} {verb} for {', '.join(missing)}, of which nothing is recorded"
        # Metrics of one integration are all alike: only a slip of the pen is worth a question.
        near = get_close_matches(missing[0], [*known, *files.unasked], n=1, cutoff=_MISSPELT)
        asks = f"did you mean `{near[0]}`? Else " if near else ""
        fix = f"{asks}add the series, or read its figures as those of silence"
        problems.append(Problem(what, asking[0].where, fix=fix, rule="unknown-metric", severity="warning"))
    return problems


def unmatched(subjects: Collection[Subject], series: RecordedSeries) -> list[Problem]:
    """Monitors whose metrics are recorded, but of other services, hosts or environments than they ask for."""
    found: dict[tuple[str, tuple[str, ...]], list[Subject]] = {}
    for subject in subjects:
        query = any_query(subject.definition)
        metrics = metrics_in(parsed_query(subject.definition)) if isinstance(query, MonitorQuery | ChangeQuery) else ()
        missing = [each.name for each in metrics if series.tracks(each.name) and not members_of_groups(each, series)]
        if missing:
            found.setdefault((subject.declaration, tuple(dict.fromkeys(missing))), []).append(subject)
    fix = "compare the scope of the query with the tags of the series"
    return [
        Problem(
            f"no recorded series of {', '.join(missing)} has the tags that {_named(asking)} asks for",
            asking[0].where,
            fix=fix,
            rule="unknown-series",
            severity="warning",
        )
        for (_, missing), asking in found.items()
    ]


def _named(subjects: Collection[Subject]) -> str:
    return ", ".join(f"`{subject.id}`" for subject in subjects)
