"""Series on disk: CSV, Parquet and JSON lines, read into arrays, with what is wrong in them named by file and row.

CSV and Parquet have the columns `timestamp,metric,value,tags` (Unix seconds or RFC 3339; tags `k:v` joined by `|`) and
may have `type` (gauge, count, rate, distribution), `interval` (seconds) and `unit`. A JSON line is a body of Datadog's
`POST /api/v2/series`, or one element of its `series`. Needs the extra `backtest`.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from watchkeeper.adapters.series_batches import Batch, Collector
from watchkeeper.adapters.series_columns import csv_batches, parquet_batches
from watchkeeper.adapters.series_json import json_batches
from watchkeeper.errors import ConfigError, Location, Problem, UsageError
from watchkeeper.query.recorded import RecordedSeries
from watchkeeper.query.series import Kind

SUFFIXES: Final = (".csv", ".parquet", ".jsonl", ".ndjson")
_PROSE: Final = ("", ".md")
_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class SeriesFiles:
    """What files hold. rows: samples that were found; dropped: those of them that could not serve.

    unasked: those of metrics that nobody asks for, by metric. problems: each sort of trouble once for each series, with
    file and row; severity info where nothing was lost.
    """

    series: RecordedSeries
    rows: int
    dropped: int
    problems: tuple[Problem, ...]
    unasked: Mapping[str, int] = field(default_factory=dict)


def read_series(
    paths: Collection[Path],
    *,
    metrics: Collection[str] | None = None,
    kinds: Mapping[str, Kind] | None = None,
    now: int | None = None,
) -> SeriesFiles:
    """Every sample of files and folders.

    metrics: only these; None for all. kinds: of metrics whose file does not say it; gauge where neither does.
    now: Unix seconds; samples that are stamped later are dropped. Unreadable rows, duplicates (the last one wins),
    samples of the future and of a second unit are dropped, counted and named; unsorted rows are sorted, gaps stay.
    Raises ConfigError for a file that cannot be read at all, UsageError where there is none.
    """
    files = [file for path in paths for file in _files(path)]
    if not files:
        named = ", ".join(str(path) for path in paths) or "nothing"
        raise UsageError(f"no series found in {named}", fix=f"name a folder or files with {', '.join(SUFFIXES)}")
    collector = Collector(metrics, kinds or {}, now)
    failures: list[Problem] = []
    for file in files:
        try:
            for batch in _batches(file, metrics):
                collector.add(batch)
        except ConfigError as err:
            failures.extend(err.problems)
    if failures:
        raise ConfigError(failures)
    series = collector.finish()
    problems = (*(each for path in paths for each in _others(path)), *collector.problems)
    return SeriesFiles(series, collector.rows, collector.dropped, problems, collector.unasked)


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(each for each in path.rglob("*") if _is_series(each) and each.is_file())
    elif path.is_file():
        yield path
    else:
        raise UsageError(f"{path} does not exist", fix=f"name a folder or files with {', '.join(SUFFIXES)}")


def _is_series(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES


def _others(path: Path) -> list[Problem]:
    """Files of a folder that look like data and cannot be read."""
    if not path.is_dir():
        return []
    names = sorted(
        each.relative_to(path).as_posix()
        for each in path.rglob("*")
        if each.is_file() and not _is_series(each) and each.suffix.lower() not in _PROSE and each.name[0] != "."
    )
    if not names:
        return []
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    what = f"not read, for they are no files of series: {', '.join(names[:_NAMED])}{more}"
    fix = f"series are files with {', '.join(SUFFIXES)}"
    return [Problem(what, Location(str(path)), fix, rule="other-files", severity="warning")]


def _batches(file: Path, metrics: Collection[str] | None) -> Iterator[Batch]:
    match file.suffix.lower():
        case ".csv":
            return csv_batches(file)
        case ".parquet":
            return parquet_batches(file, metrics)
        case ".jsonl" | ".ndjson":
            return json_batches(file)
        case _:
            what = f"`{file.name}` is not a file of series"
            raise ConfigError(Problem(what, Location(str(file)), f"name it {' or '.join(SUFFIXES)}"))
