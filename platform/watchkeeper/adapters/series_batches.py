"""Samples as they come from a file, put in order: one track for each series, with what was wrong named by row."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from watchkeeper.errors import Location, Problem, Severity
from watchkeeper.query.recorded import RecordedSeries, Track
from watchkeeper.query.series import Kind, Tags

MAX_NAMED: Final = 20
"""Series that are named for one sort of trouble in one file; the rest is counted."""
_DEFAULT_INTERVAL_S: Final = 60
_FIRST_S: Final = 631_152_000
"""1990: nobody has an older recording, and one sample of 1970 would make a period of half a century."""
_MILLISECONDS: Final = 100_000_000_000
"""As seconds a time in the year 5138."""
_Origin = NDArray[np.int64] | None
"""Where samples stood before they were sorted; None where they were."""
_Place = Callable[[int], tuple[str, int]]
"""File and row of a sample, from its index."""


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What makes two samples belong together. kind, interval_s, unit: None or empty where the file does not say.

    odd: what it says of them that means nothing.
    """

    metric: str
    tags: Tags
    kind: Kind | None = None
    interval_s: int | None = None
    unit: str = ""
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive samples of a file. keys: the series; codes: for each sample the index of its series.

    rows: for each sample its row or line in the file. bad: rows that could not be read, with the reason.
    unread: how many samples of which metrics were not even looked at, because nobody asks for these metrics.
    """

    file: str
    keys: Sequence[SeriesKey]
    codes: NDArray[np.int64]
    timestamps: NDArray[np.int64]
    values: NDArray[np.float64]
    rows: NDArray[np.uint32]
    bad: Sequence[tuple[int, str]] = ()
    unread: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Piece:
    file: str
    timestamps: NDArray[np.int64]
    values: NDArray[np.float64]
    rows: NDArray[np.uint32]


@dataclass(slots=True)
class _Growing:
    key: SeriesKey
    pieces: list[_Piece] = field(default_factory=list)


class Collector:
    """Gathers batches. rows, dropped, unasked and problems are complete after `finish`.

    unasked: samples of metrics that nobody asks for, by metric.
    """

    def __init__(self, metrics: Collection[str] | None, kinds: Mapping[str, Kind], now: int | None) -> None:
        self._metrics = None if metrics is None else frozenset(metrics)
        self._kinds = kinds
        self._now = now
        self._series: dict[tuple[str, Tags], _Growing] = {}
        self._named: dict[tuple[str, str], int] = {}
        self._units: dict[str, str] = {}
        self._odd: set[tuple[str, SeriesKey]] = set()
        self.rows = 0
        self.dropped = 0
        self.unasked: Counter[str] = Counter()
        self.problems: list[Problem] = []

    def add(self, batch: Batch) -> None:
        """Take samples in."""
        self.rows += len(batch.values) + len(batch.bad) + sum(batch.unread.values())
        self.unasked.update(batch.unread)
        for row, why in batch.bad:
            self.dropped += 1
            self._name("unreadable", batch.file, row, f"row {row}: {why}; the row is dropped", "warning")
        timestamps, values, rows, codes = batch.timestamps, batch.values, batch.rows, batch.codes
        if len(codes) and np.any(np.diff(codes) < 0):
            order = np.argsort(codes, kind="stable")
            timestamps, values, rows, codes = timestamps[order], values[order], rows[order], codes[order]
        edges = np.flatnonzero(np.diff(codes)) + 1 if len(codes) else np.empty(0, np.int64)
        for first, last in zip([0, *edges.tolist()], [*edges.tolist(), len(codes)], strict=True):
            if first == last:
                continue
            key = batch.keys[int(codes[first])]
            if self._metrics is not None and key.metric not in self._metrics:
                self.unasked[key.metric] += last - first
                continue
            unit = self._units.setdefault(key.metric, key.unit) if key.unit else ""
            if unit != key.unit:
                self.dropped += last - first
                what = f"row {rows[first]}: {_name_of(key)} is in {key.unit} here, and in {unit} before; "
                what += f"{_samples(last - first)} dropped: a metric has one unit"
                self._name("mixed units", batch.file, int(rows[first]), what, "warning")
                continue
            growing = self._series.setdefault((key.metric, key.tags), _Growing(key))
            self._oddities(growing.key, key, batch.file, int(rows[first]))
            growing.pieces.append(_Piece(batch.file, timestamps[first:last], values[first:last], rows[first:last]))

    def _oddities(self, first: SeriesKey, key: SeriesKey, file: str, row: int) -> None:
        """What a file says of a series and cannot be meant: an unknown type, and a second one."""
        if key.odd and (file, key) not in self._odd:
            self._odd.add((file, key))
            what = f"row {row}: {_name_of(key)} has the {key.odd}: none that is known, so the query tells"
            self._name("type or interval", file, row, what, "warning")
        if key.kind and first.kind and key.kind != first.kind and (file, key) not in self._odd:
            self._odd.add((file, key))
            what = f"row {row}: {_name_of(key)} is a {key.kind} here, and a {first.kind} before, which counts"
            self._name("two types", file, row, what, "warning")

    def finish(self) -> RecordedSeries:
        """Every series, sorted by time, and what had to be done for it."""
        tracks = []
        for growing in self._series.values():
            track = self._track(growing)
            growing.pieces.clear()
            if len(track.values):
                tracks.append(track)
        for (kind, file), count in self._named.items():
            if count > MAX_NAMED:
                what = f"{count - MAX_NAMED} more findings of this kind: {kind}"
                self.problems.append(Problem(what, Location(file), severity="info"))
        return RecordedSeries(tracks)

    def _track(self, growing: _Growing) -> Track:
        key, pieces = growing.key, growing.pieces
        timestamps = _joined([piece.timestamps for piece in pieces])
        values = _joined([piece.values for piece in pieces])
        ends = np.cumsum([len(piece.values) for piece in pieces])

        def place(index: int) -> tuple[str, int]:
            number = int(np.searchsorted(ends, index, side="right"))
            offset = index - (int(ends[number - 1]) if number else 0)
            return pieces[number].file, int(pieces[number].rows[offset])

        name = _name_of(key)
        origin: _Origin = None
        steps = np.diff(timestamps)
        if np.any(steps < 0):
            first = int(np.flatnonzero(steps < 0)[0]) + 1
            file, row = place(first)
            what = f"row {row}: {name} is not sorted by time ({int(np.sum(steps < 0))} steps back); it was sorted"
            self._name("unsorted", file, row, what, "info")
            origin = np.argsort(timestamps, kind="stable")
            timestamps, values = timestamps[origin], values[origin]
        keep = np.ones(len(values), dtype=bool)
        kind = key.kind or self._kinds.get(key.metric, "gauge")
        if kind != "distribution":
            # Datadog keeps the last value that was submitted for one instant; of a distribution all are measurements.
            keep[:-1] &= np.diff(timestamps) != 0
            self._drop(name, "duplicate", keep, origin, place, "a later row has the same timestamp, and wins")
        if self._now is not None:
            old = timestamps >= _FIRST_S
            self._drop(name, "past", old | ~keep, origin, place, "its timestamp lies before 1990: write Unix seconds")
            keep &= old
            timely = timestamps <= self._now
            why = "its timestamp lies in the future"
            if len(timestamps) and int(timestamps[-1]) > _MILLISECONDS:
                why += ", and looks like milliseconds: write seconds"
            self._drop(name, "future", timely | ~keep, origin, place, why)
            keep &= timely
        number = np.isfinite(values)
        self._drop(name, "not a number", number | ~keep, origin, place, "its value is not a finite number")
        keep &= number
        if not keep.all():
            timestamps, values = timestamps[keep], values[keep]
            origin = np.flatnonzero(keep) if origin is None else origin[keep]
        interval_s = key.interval_s or _interval_s(timestamps)
        self._gaps(name, timestamps, interval_s, origin, place)
        return Track(key.metric, key.tags, timestamps, values, kind, interval_s)

    def _drop(self, name: str, kind: str, keep: NDArray[np.bool_], origin: _Origin, place: _Place, why: str) -> None:
        lost = np.flatnonzero(~keep)
        if not len(lost):
            return
        self.dropped += len(lost)
        file, row = place(int(lost[0] if origin is None else origin[lost[0]]))
        more = f", and {len(lost) - 1} more rows of it" if len(lost) > 1 else ""
        self._name(kind, file, row, f"row {row}: a sample of {name} is dropped{more}: {why}", "warning")

    def _gaps(self, name: str, timestamps: NDArray[np.int64], interval_s: int, origin: _Origin, place: _Place) -> None:
        steps = np.diff(timestamps)
        wide = np.flatnonzero(steps > 1.5 * interval_s)
        if not len(wide):
            return
        after = int(wide[0]) + 1
        file, row = place(after if origin is None else int(origin[after]))
        longest = int(steps[wide].max())
        gaps = "a gap" if len(wide) == 1 else f"{len(wide)} gaps, the longest"
        what = f"row {row}: {name} has {gaps} of {longest} s, which stays empty"
        self._name("gaps", file, row, what, "info")

    def _name(self, kind: str, file: str, row: int, what: str, severity: Severity) -> None:
        count = self._named[kind, file] = self._named.get((kind, file), 0) + 1
        if count <= MAX_NAMED:
            self.problems.append(Problem(what, Location(file, row), severity=severity))


def _samples(count: int) -> str:
    return "1 sample is" if count == 1 else f"{count:,} samples are"


def _joined(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """One array of several; the only one as it is, for copies of what was read would double the memory."""
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _name_of(key: SeriesKey) -> str:
    return f"{key.metric}{{{','.join(sorted(key.tags))}}}"


def _interval_s(timestamps: NDArray[np.int64]) -> int:
    """How far apart samples usually are."""
    steps = np.diff(timestamps)
    # Measurements of one instant say nothing of the next.
    steps = steps[steps > 0]
    return int(np.median(steps)) if len(steps) else _DEFAULT_INTERVAL_S
