"""One metric in many windows at once, or as cells over the whole period: the vectorised half of `metric_lines`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from watchkeeper.query.ast import Metric
from watchkeeper.query.frame_functions import FRAMES_LOOKING_BACK
from watchkeeper.query.frames import Frame, Frames, compare_arrays
from watchkeeper.query.grid import (
    Flags,
    Indices,
    cells_of,
    filled_cells,
    filled_rows,
    gaps_of,
    range_rows,
    ranges_of,
    reduced,
)
from watchkeeper.query.lines import Group, reordered
from watchkeeper.query.metric_lines import (
    bounds_of,
    group_in,
    is_pooled,
    merges_windows,
    pooled_how,
    pooled_per,
)
from watchkeeper.query.recorded import RecordedSeries, Track, Values
from watchkeeper.query.rollup import Rollup, buckets_of, rollup_of
from watchkeeper.query.searched import series_names
from watchkeeper.query.series import Series


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of one length. starts: Unix seconds, ascending; they lie alike on every interval of the query.

    only: the one group that is wanted; None for all. keys: those of the result.
    """

    starts: Indices
    length_s: int
    bucket_s: int
    keys: tuple[str, ...] = ()
    only: Group | None = None


def members_of_groups(
    metric: Metric, source: RecordedSeries, keys: tuple[str, ...] = (), only: Group | None = None
) -> dict[Group, list[Track]]:
    """The series of each group of a metric. only: the group of the result that is wanted, in the order of `keys`."""
    found: dict[Group, list[Track]] = {}
    for track in tracks_of(metric, source):
        series = Series(track.metric, track.tags, (), (), track.kind, track.interval_s)
        group = group_in(metric, track.metric, series)
        if group is None:
            continue
        if only is None or set(metric.by) != set(keys) or reordered(group, keys) == only:
            found.setdefault(group, []).append(track)
    return found


def tracks_of(metric: Metric, source: RecordedSeries) -> list[Track]:
    """Every series in which a metric may find samples, whatever its scope."""
    return [track for name in series_names(metric) for track in source.tracks(name)]


def metric_windows(metric: Metric, source: RecordedSeries, windows: Windows, shift_s: int) -> Frames:
    """The rows of a metric in each window, moved by shift_s; labels count from the window's own start."""
    rollup = rollup_of(metric)
    starts = windows.starts + shift_s
    first = int(starts[0])
    bucket_s = windows.length_s if merges_windows(metric) else windows.bucket_s
    buckets = buckets_of(first, first + windows.length_s, bucket_s, rollup)
    if not buckets:
        return Frames(metric.by, {})
    before = sum(bucket.label < first for bucket in buckets) if rollup.interval_s is None else 0
    step_s = rollup.interval_s or bucket_s
    spans = [(bucket.start - first, bucket.end - first) for bucket in buckets]
    labels = tuple(bucket.label - first for bucket in buckets[before:])
    found: dict[Group, Frame] = {}
    for group, tracks in members_of_groups(metric, source, windows.keys, windows.only).items():
        lines = [line[before:] for line in _series_rows(metric, rollup, tracks, starts, spans, step_s)]
        exists = np.zeros(len(starts), dtype=bool)
        for row in chain.from_iterable(lines):
            exists |= ~np.isnan(row)
        if rollup.differs:
            lines = [FRAMES_LOOKING_BACK["diff"](Frame(labels, line, step_s)) for line in lines]
        is_alone = len(lines) == 1 and (metric.aggregator != "count" or is_pooled(metric, tracks[0].kind))
        rows = lines[0] if is_alone else [reduced(column, metric.aggregator) for column in zip(*lines, strict=True)]
        if exists.any():
            found[group] = Frame(labels, rows, step_s, exists)
    return Frames(metric.by, found)


def _series_rows(
    metric: Metric,
    rollup: Rollup,
    tracks: Sequence[Track],
    starts: Indices,
    spans: Sequence[tuple[int, int]],
    step_s: int,
) -> list[list[Values]]:
    """The rows of each series; those that are pooled are one."""
    pooled = [track for track in tracks if is_pooled(metric, track.kind)]
    lines = [_rolled_up(rollup, track, starts, spans, step_s) for track in tracks if track not in pooled]
    if pooled:
        rows = [_pooled(metric, pooled, starts, span) / pooled_per(metric, rollup, step_s) for span in spans]
        lines.append(filled_rows(rows, rollup.fill or "null", rollup.limit_s // step_s))
    return lines


def _pooled(metric: Metric, tracks: Iterable[Track], starts: Indices, span: tuple[int, int]) -> Values:
    bounds = bounds_of(metric)
    rows = []
    for track in tracks:
        values = track.values
        if bounds is not None:
            values = compare_arrays(bounds[0], values, bounds[1]).astype(np.float64)
        rows += range_rows(values, *_edges(track, starts, span))
    return reduced(rows, pooled_how(metric)) if rows else np.full(len(starts), np.nan)


def _edges(track: Track, starts: Indices, span: tuple[int, int]) -> tuple[Indices, Indices]:
    return np.searchsorted(track.timestamps, starts + span[0]), np.searchsorted(track.timestamps, starts + span[1])


def _rolled_up(
    rollup: Rollup, track: Track, starts: Indices, spans: Sequence[tuple[int, int]], step_s: int
) -> list[Values]:
    how = rollup.how(track.kind)
    times, per = rollup.scale(track.kind, track.interval_s, step_s)
    rows = [ranges_of(track.values, *_edges(track, starts, span), how) * times / per for span in spans]
    return filled_rows(rows, rollup.filled(track.kind), rollup.limit_s // step_s)


@dataclass(slots=True)
class Cells:
    """Cells over the whole period, and the instants at which they are not yet what they will be.

    start: of the first cell, Unix seconds. size, step_s: how many, and how long each is. tails: for each metric's group
    where a window may end inside of a gap that is filled later: True at the cell that is the first after such a window.
    """

    source: RecordedSeries
    start: int
    size: int
    step_s: int
    tails: dict[tuple[tuple[str, ...], Group], Flags] = field(default_factory=dict)

    def metric(self, metric: Metric, shift_s: int) -> Frames:
        """The cells of a metric, moved by shift_s."""
        rollup = rollup_of(metric)
        found: dict[Group, Frame] = {}
        for group, tracks in members_of_groups(metric, self.source).items():
            lines = [self._line(metric, rollup, group, track, shift_s) for track in tracks]
            is_alone = len(lines) == 1 and metric.aggregator != "count"
            row = lines[0] if is_alone else reduced(lines, metric.aggregator)
            found[group] = Frame((0,), [row], self.step_s)
        return Frames(metric.by, found)

    def _line(self, metric: Metric, rollup: Rollup, group: Group, track: Track, shift_s: int) -> Values:
        before = rollup.lookback(self.step_s)
        start = self.start + shift_s - before * self.step_s
        cells = cells_of(track, start, self.size + before, self.step_s, rollup.how(track.kind))
        times, per = rollup.scale(track.kind, track.interval_s, self.step_s)
        if (times, per) != (1.0, 1.0):
            cells = cells * times / per
        mode, reach = rollup.filled(track.kind), rollup.limit_s // self.step_s
        if mode == "linear":
            self._note_tails((metric.by, group), cells, reach, before)
        return filled_cells(cells, mode, reach)[before:]

    def _note_tails(self, key: tuple[tuple[str, ...], Group], cells: Values, reach: int, before: int) -> None:
        left, right = gaps_of(np.flatnonzero(~np.isnan(cells)), reach)
        if not len(left):
            return
        # A window that ends after the first filled cell and not after the value behind the gap knows less than this.
        marks = np.zeros(len(cells) + 2, dtype=np.int64)
        np.add.at(marks, left + 2, 1)
        np.add.at(marks, right + 1, -1)
        flags = (np.cumsum(marks) > 0)[before : len(cells) + 1]
        known = self.tails.get(key)
        self.tails[key] = flags if known is None else known | flags

    def tail_of(self, group: Group, keys: tuple[str, ...]) -> Flags | None:
        """Where a window of a group of the result, grouped by `keys`, may end inside of a gap; None for nowhere."""
        found: Flags | None = None
        for (by, member), flags in self.tails.items():
            if by and set(by) == set(keys) and reordered(member, keys) != group:
                continue
            found = flags if found is None else found | flags
        return found
