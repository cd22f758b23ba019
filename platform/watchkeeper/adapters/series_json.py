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
_LAST_S: Final = 1 << 62


class _Growing:
    def __init__(self, file: str) -> None:
        self.file = file
        self.keys: dict[SeriesKey, int] = {}
        self.codes: list[int] = []
        self.timestamps: list[int] = []
        self.values: list[float] = []
        self.rows: list[int] = []
        self.bad: list[tuple[int, str]] = []

    def add(self, body: object, line: int) -> None:
        """Raises ValueError where it is none."""
        given = _checked(body)
        tags = {str(tag).lower() for tag in given.get("tags") or ()}
        for resource in given.get("resources") or ():
            tags.add(f"{resource['type']}:{resource['name']}".lower())
        number, interval = given.get("type") or 0, given.get("interval") or 0
        kind = _KINDS.get(number) if isinstance(number, int) else None
        interval_s = interval if isinstance(interval, int) and interval > 0 else None
        odd = [f"type `{number}`"] if number and kind is None else []
        odd += [f"interval `{interval}`"] if interval and interval_s is None else []
        unit = str(given.get("unit") or "")
        key = SeriesKey(given["metric"], frozenset(tags), kind, interval_s, unit, " and the ".join(odd))
        code = self.keys.setdefault(key, len(self.keys))
        for count, point in enumerate(given["points"], start=1):
            try:
                timestamp, value = _sample(point)
            except ValueError as err:
                self.bad.append((line, f"point {count}: {err}"))
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
        each = body.get("series", body) if isinstance(body, Mapping) else body
        for one in each if isinstance(each, list) and isinstance(body, Mapping) else [each]:
            growing.add(one, line)
    except json.JSONDecodeError as err:
        growing.bad.append((line, f"not JSON: {err.msg}"))
    except (RecursionError, ValueError) as err:
        growing.bad.append((line, f"not a body of /api/v2/series: {err}"))


def _checked(body: object) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise ValueError("it is no object")  # noqa: TRY004 - one sort of error for all that is wrong in a line
    for name in ("metric", "points"):
        if name not in body:
            raise ValueError(f"`{name}` is missing")
    if not isinstance(body["metric"], str) or not body["metric"]:
        raise ValueError("`metric` is no name")
    for name in ("points", "tags", "resources"):
        if not isinstance(body.get(name) or [], list):
            raise ValueError(f"`{name}` is no list")  # noqa: TRY004 - as above
    for resource in body.get("resources") or ():
        if not isinstance(resource, Mapping) or not {"type", "name"} <= resource.keys():
            raise ValueError("a resource needs `type` and `name`")
    return body


def _sample(point: object) -> tuple[int, float]:
    """Unix seconds and value. Raises ValueError."""
    if not isinstance(point, Mapping):
        raise ValueError("it is no object with `timestamp` and `value`")  # noqa: TRY004 - as above
    for name in ("timestamp", "value"):
        given = point.get(name)
        if given is None:
            raise ValueError(f"`{name}` is missing")
        if isinstance(given, bool) or not isinstance(given, int | float):
            raise ValueError(f"`{given}` is no {name}")  # noqa: TRY004 - as above
    timestamp, value = point["timestamp"], point["value"]
    if not abs(timestamp) < _LAST_S:
        raise ValueError(f"`{timestamp}` is no timestamp")
    try:
        return int(timestamp), float(value)
    except OverflowError as err:
        raise ValueError(f"`{str(value)[:20]}...` is no value") from err
