"""JSON lines in the shape of Datadog's `POST /api/v2/series`, in batches."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from watchkeeper.adapters.series_batches import Batch, SeriesKey
from watchkeeper.errors import ConfigError, Location, Problem
from watchkeeper.query.series import Kind

_KINDS: Final[Mapping[int, Kind]] = {1: "count", 2: "rate", 3: "gauge"}
"""MetricIntakeType; 0 is unspecified."""
_BATCH_LINES: Final = 10_000


class _Growing:
    def __init__(self, file: str) -> None:
        self.file = file
        self.keys: dict[SeriesKey, int] = {}
        self.codes: list[int] = []
        self.timestamps: list[int] = []
        self.values: list[float] = []
        self.rows: list[int] = []
        self.bad: list[tuple[int, str]] = []

    def add(self, body: Mapping[str, Any], line: int) -> None:
        tags = {str(tag).lower() for tag in body.get("tags") or ()}
        for resource in body.get("resources") or ():
            tags.add(f"{resource['type']}:{resource['name']}".lower())
        interval = int(body.get("interval") or 0)
        kind = _KINDS.get(body.get("type") or 0)
        key = SeriesKey(str(body["metric"]), frozenset(tags), kind, interval or None, str(body.get("unit") or ""))
        code = self.keys.setdefault(key, len(self.keys))
        for number, point in enumerate(body["points"], start=1):
            try:
                timestamp, value = int(point["timestamp"]), float(point["value"])
            except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as err:
                self.bad.append((line, f"point {number} is none: {_reason(err)}"))
                continue
            self.codes.append(code)
            self.timestamps.append(timestamp)
            self.values.append(value)
            self.rows.append(line)

    def batch(self) -> Batch:
        return Batch(
            self.file,
            tuple(self.keys),
            np.asarray(self.codes, dtype=np.int64),
            np.asarray(self.timestamps, dtype=np.int64),
            np.asarray(self.values, dtype=np.float64),
            np.asarray(self.rows, dtype=np.uint32),
            tuple(self.bad),
        )


def json_batches(file: Path) -> Iterator[Batch]:
    """The samples of a file; a line that cannot be read is named. Raises ConfigError where it is not UTF-8."""
    growing = _Growing(str(file))
    line = 0
    try:
        with file.open(encoding="utf-8") as lines:
            for line, text in enumerate(lines, start=1):
                if text.strip():
                    _read(text, line, growing)
                if line % _BATCH_LINES == 0:
                    yield growing.batch()
                    growing = _Growing(str(file))
    except UnicodeDecodeError as err:
        what = f"line {line + 1} is not UTF-8"
        raise ConfigError(Problem(what, Location(str(file), line + 1), "write the file again, in UTF-8")) from err
    yield growing.batch()


def _read(text: str, line: int, growing: _Growing) -> None:
    try:
        body = json.loads(text)
        for each in body.get("series", (body,)):
            growing.add(each, line)
    except (AttributeError, KeyError, TypeError, ValueError) as err:
        growing.bad.append((line, f"not a body of /api/v2/series: {_reason(err)}"))


def _reason(err: Exception) -> str:
    return f"`{err.args[0]}` is missing" if isinstance(err, KeyError) else str(err)
