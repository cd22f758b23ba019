"""A monitor's query at many instants at once: what `evaluate` gives at each of them, to the last bit.

Where every bucket stands for itself, one pass over the period gives all cells and windows are reduced over them.
Everything else is computed on a matrix of windows; and what looks at a line as a whole by the reference itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from watchkeeper.query.ast import Call, Expression, Metric
from watchkeeper.query.evaluate import evaluate_window
from watchkeeper.query.evaluated import ALGORITHMS, is_count_path
from watchkeeper.query.expression_lines import result_keys
from watchkeeper.query.forms import MonitorQuery
from watchkeeper.query.frame_expressions import (
    frames_of,
    has_default,
    is_point_by_point,
    is_vectorised,
    own_interval_s,
)
from watchkeeper.query.frames import Frames, FrameValue
from watchkeeper.query.fullness import full_windows
from watchkeeper.query.grid import Flags, Indices
from watchkeeper.query.lines import Group
from watchkeeper.query.many_anomalies import many_anomalies
from watchkeeper.query.many_counts import ManyTotals, many_totals, row_frames
from watchkeeper.query.metric_frames import Cells, Windows, metric_windows, tracks_of
from watchkeeper.query.metric_lines import is_pooled
from watchkeeper.query.parts import metrics_of
from watchkeeper.query.recorded import RecordedSeries, Values
from watchkeeper.query.rollup import BUCKET_S
from watchkeeper.query.sliding import any_in_windows, reduced_windows, rows_reduced

_BUDGET: Final = 4_000_000
"""Values that a matrix of windows may hold."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupValues:
    """One group at every instant. values: NaN where there is no data. is_full: None where it was not asked for.

    recovery: by what recovery is judged; None where it is the value. critical, critical_recovery: the thresholds where
    queries compute them.
    """

    values: Values
    is_full: Flags | None = None
    recovery: Values | None = None
    critical: Values | None = None
    critical_recovery: Values | None = None


def evaluate_many(
    query: MonitorQuery,
    source: RecordedSeries,
    instants: Indices,
    *,
    delay_s: int = 0,
    wants_fullness: bool = False,
) -> dict[Group, GroupValues]:
    """For each group that ever has data its values at ascending instants, Unix seconds, on whole minutes.

    Raises NotEvaluatedError.
    """
    if not len(instants):
        return {}
    starts = instants - delay_s - query.window_s
    values: Mapping[Group, Values] | None
    if query.window.kind == "last" and _can_vectorise(query, source):
        values = _Many(query, source, starts).values()
    else:
        values = many_anomalies(query, source, instants - delay_s)
    if values is None:
        return _by_reference(query, source, instants, delay_s, wants_fullness=wants_fullness)
    found = {group: GroupValues(each) for group, each in values.items() if not np.isnan(each).all()}
    if wants_fullness:
        flags = full_windows(query, source, starts)
        none = np.zeros(len(starts), dtype=bool)
        found = {group: GroupValues(each.values, flags.get(group, none)) for group, each in found.items()}
    return found


def _can_vectorise(query: MonitorQuery, source: RecordedSeries) -> bool:
    expression = query.expression
    if isinstance(expression, Call) and expression.name in ALGORITHMS:
        return False
    return is_vectorised(expression) and bool(metrics_of(expression)) and bool(source.metrics)


def _by_reference(
    query: MonitorQuery, source: RecordedSeries, instants: Indices, delay_s: int, *, wants_fullness: bool
) -> dict[Group, GroupValues]:
    found: dict[Group, GroupValues] = {}
    for index, at in enumerate(instants.tolist()):
        end = at - delay_s
        window = evaluate_window(query, source, end - query.window_s, end, wants_fullness=wants_fullness)
        for group, evaluation in window.items():
            if evaluation.value is None:
                continue
            if group not in found:
                full = np.zeros(len(instants), dtype=bool) if wants_fullness else None
                found[group] = GroupValues(np.full(len(instants), np.nan), full)
            found[group].values[index] = evaluation.value
            flags = found[group].is_full
            if flags is not None:
                flags[index] = evaluation.is_full
    return found


class _Many:
    """One query over one set of windows."""

    def __init__(self, query: MonitorQuery, source: RecordedSeries, starts: Indices) -> None:
        self.query = query
        self.source = source
        self.starts = starts
        self.keys = result_keys(query.expression)
        self.how = "avg" if query.aggregator == "percentile" else query.aggregator

    def values(self) -> dict[Group, Values]:
        """For each group its value in every window."""
        if self._can_slide():
            return self._slid()
        return self._windowed(self.starts, None)

    def _can_slide(self) -> bool:
        query = self.query
        if query.aggregator not in ("avg", "sum", "min", "max") or not is_point_by_point(query.expression):
            return False
        return not any(
            is_pooled(metric, track.kind)
            for metric in metrics_of(query.expression)
            for track in tracks_of(metric, self.source)
        )

    def _slid(self) -> dict[Group, Values]:
        first = int(self.starts[0])
        width = self.query.window_s // BUCKET_S
        places = (self.starts - first) // BUCKET_S
        cells = Cells(self.source, first, int(places[-1]) + width, BUCKET_S)

        def totals(part: Expression, shift_s: int) -> FrameValue:
            found = frames_of(part, cells.metric, first, shift_s)
            if not isinstance(found, Frames):
                return found
            exists = _existence(part, cells, places, width, shift_s) if has_default(part) else {}
            by_group = {}
            for group, frame in found.by_group.items():
                values = reduced_windows(frame.rows[0], places, width, self.how)
                by_group[group] = np.where(exists[group], values, np.nan) if group in exists else values
            return row_frames(found.keys, by_group, BUCKET_S)

        found = self._reduced(totals)
        for group in list(found):
            tail = cells.tail_of(group, self.keys)
            if tail is None:
                continue
            affected = np.flatnonzero(tail[places + width])
            if len(affected):
                again = self._windowed(self.starts[affected], group)
                found[group][affected] = again.get(group, np.nan)
        return found

    def _windowed(self, starts: Indices, only: Group | None) -> dict[Group, Values]:
        """By the matrix of windows; those that lie alike on the intervals of the query together."""
        found: dict[Group, Values] = {}
        interval_s = own_interval_s(self.query.expression)
        phases = starts % interval_s
        for phase in np.unique(phases).tolist():
            chosen = np.flatnonzero(phases == phase)
            rows = max(1, self.query.window_s // BUCKET_S)
            groups = 1 if only is not None else max(1, self._series())
            step = max(16, _BUDGET // (rows * groups))
            for at in range(0, len(chosen), step):
                part = chosen[at : at + step]
                for group, values in self._matrix(starts[part], only).items():
                    if group not in found:
                        found[group] = np.full(len(starts), np.nan)
                    found[group][part] = values
        return found

    def _series(self) -> int:
        return sum(len(tracks_of(metric, self.source)) for metric in metrics_of(self.query.expression))

    def _matrix(self, starts: Indices, only: Group | None) -> dict[Group, Values]:
        query = self.query
        bucket_s = query.window_s if query.aggregator == "percentile" else BUCKET_S
        windows = Windows(starts, query.window_s, bucket_s, self.keys, only)
        first = int(starts[0])

        def totals(part: Expression, shift_s: int) -> FrameValue:
            def metric_frames(metric: Metric, further_s: int) -> Frames:
                return metric_windows(metric, self.source, windows, further_s)

            found = frames_of(part, metric_frames, first, shift_s)
            if not isinstance(found, Frames):
                return found
            by_group = {}
            for group, frame in found.by_group.items():
                values = rows_reduced(frame.rows, self.how, len(starts))
                by_group[group] = values if frame.exists is None else np.where(frame.exists, values, np.nan)
            return row_frames(found.keys, by_group, BUCKET_S)

        return self._reduced(totals)

    def _reduced(self, totals: Callable[[Expression, int], FrameValue]) -> dict[Group, Values]:
        """The value of each group, on the path of as_count or the classic one."""
        if not is_count_path(self.query):
            found = totals(self.query.expression, 0)
            return (
                {group: frame.rows[0] for group, frame in found.by_group.items()} if isinstance(found, Frames) else {}
            )
        counted = many_totals(self.query.expression, totals, self.query.window_s)
        if not isinstance(counted, ManyTotals):
            return {}
        return {group: np.where(present, values, np.nan) for group, (values, present) in counted.by_group.items()}


def _existence(expression: Expression, cells: Cells, places: Indices, width: int, shift_s: int) -> dict[Group, Flags]:
    """In which windows the line of each group exists, whatever stands for its missing values."""

    def held(metric: Metric, further_s: int) -> Frames:
        found = cells.metric(metric, further_s)
        return found.mapped(
            lambda frame: replace(frame, exists=any_in_windows(~np.isnan(frame.rows[0]), places, width))
        )

    found = frames_of(expression, held, cells.start, shift_s)
    assert isinstance(found, Frames)
    return {group: frame.exists for group, frame in found.by_group.items() if frame.exists is not None}
