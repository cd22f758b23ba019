"""One series from a trace, a CSV file `timestamp,value`: its name and tags are given beside it. Needs `backtest`."""

import csv
from pathlib import Path
from typing import Final

import numpy as np

from watchkeeper.adapters.series_batches import Batch, Collector, SeriesKey
from watchkeeper.adapters.series_files import SeriesFiles
from watchkeeper.errors import ConfigError, Location, Problem, UsageError, did_you_mean
from watchkeeper.monitors.backtest.labels import parse_instant
from watchkeeper.query.series import Kind

_COLUMNS: Final = ("timestamp", "value")


def read_trace(path: Path, metric: str, tags: frozenset[str], kind: Kind, now: int | None = None) -> SeriesFiles:
    """The samples of a trace. An empty value is a missing one; what cannot be read is dropped, counted and named.

    now: Unix seconds; samples that are stamped later are dropped. Raises ConfigError, UsageError.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as err:
        raise UsageError(f"cannot read {path}: {err.strerror}", "name a CSV file `timestamp,value`") from err
    except UnicodeDecodeError as err:
        raise ConfigError(Problem("the file is not UTF-8 text", Location(str(path)), fix="save it as UTF-8")) from err
    rows = csv.reader(text.splitlines())
    header = [name.strip() for name in next(rows, [])]
    for name in _COLUMNS:
        if name not in header:
            fix = did_you_mean(name, header) or "the columns of a trace are timestamp,value"
            raise ConfigError(Problem(f"the column `{name}` is missing", Location(str(path)), fix=fix))
    at_column, value_column = (header.index(name) for name in _COLUMNS)
    stamps: list[int] = []
    values: list[float] = []
    numbers: list[int] = []
    bad: list[tuple[int, str]] = []
    for row in rows:
        line = rows.line_num
        if not row:
            continue
        if len(row) != len(header):
            bad.append((line, f"{len(row)} columns instead of {len(header)}"))
            continue
        at, value = parse_instant(row[at_column]), row[value_column].strip()
        if at is None:
            given = row[at_column].strip()
            bad.append((line, f"`{given}` is no timestamp" if given else "the timestamp is empty"))
        elif value:
            try:
                values.append(float(value))
            except ValueError:
                bad.append((line, f"`{value}` is no value"))
                continue
            stamps.append(at)
            numbers.append(line)
    collector = Collector(None, {}, now)
    collector.add(
        Batch(
            file=str(path),
            keys=(SeriesKey(metric, tags, kind),),
            codes=np.zeros(len(values), dtype=np.int64),
            timestamps=np.array(stamps, dtype=np.int64),
            values=np.array(values, dtype=np.float64),
            rows=np.array(numbers, dtype=np.uint32),
            bad=bad,
        )
    )
    series = collector.finish()
    return SeriesFiles(series, collector.rows, collector.dropped, tuple(collector.problems))
