"""A recorded trace: `timestamp,value` in CSV, as demand is recorded and as a simulation replays it. Pure."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median_low

from watchkeeper.errors import ConfigError, Location, Problem

_MAX_PROBLEMS = 20
_COLUMNS = ["timestamp", "value"]


@dataclass(frozen=True, slots=True)
class Trace:
    """(Unix seconds, value), sorted by time; a value counts for `step_s` seconds from its timestamp."""

    points: Sequence[tuple[int, float]]
    step_s: int

    @property
    def start(self) -> int:
        """The first timestamp, in Unix seconds."""
        return self.points[0][0]

    @property
    def end(self) -> int:
        """The end of the last value's interval, in Unix seconds."""
        return self.points[-1][0] + self.step_s


def parse_trace(text: str, file: str) -> Trace:
    """A trace from CSV with the header `timestamp,value`: Unix seconds or RFC 3339, an empty value is missing.

    Raises ConfigError with every row that cannot be read, is out of order or comes twice, at most twenty of them.
    """
    problems: list[Problem] = []
    points: list[tuple[int, float]] = []
    rows = csv.reader(io.StringIO(text))
    header = next(rows, [])
    if [name.strip().lower() for name in header] != _COLUMNS:
        what = f"the first line is `{','.join(header)}`"
        raise ConfigError(Problem(what, Location(file, 1), fix="a trace begins with `timestamp,value`"))
    for row in rows:
        if not row:
            continue
        try:
            point = _point(row)
            if point is None:
                continue
            if points and point[0] <= points[-1][0]:
                raise ValueError("the timestamp is not later than the one before")
            points.append(point)
        except ValueError as err:
            fix = "write Unix seconds or RFC 3339, a comma and a number of 0 or more; sort by time"
            problems.append(Problem(f"{','.join(row)[:80]}: {err}", Location(file, rows.line_num), fix=fix))
            if len(problems) == _MAX_PROBLEMS:
                break
    if not problems and len(points) < 2:  # noqa: PLR2004 - one point has no length
        problems.append(Problem("there are fewer than two values", Location(file, 1), fix="give a longer trace"))
    if problems:
        raise ConfigError(problems)
    return Trace(points, median_low(later[0] - earlier[0] for earlier, later in pairwise(points)))


def _point(row: Sequence[str]) -> tuple[int, float] | None:
    if len(row) != len(_COLUMNS):
        raise ValueError(f"{len(row)} columns instead of 2")
    stamp, text = (cell.strip() for cell in row)
    if not text:
        return None
    value = float(text)
    if not math.isfinite(value) or value < 0:
        raise ValueError("the value is not a finite number of 0 or more")
    return instant(stamp), value


def instant(text: str) -> int:
    """Unix seconds of a Unix timestamp or of RFC 3339; without a zone it is UTC. Raises ValueError."""
    try:
        return int(float(text))
    except ValueError:
        moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
