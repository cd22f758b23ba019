"""Anomalies at many instants at once: every point is judged once, a window only counts verdicts. As `algorithms`."""

import numpy as np

from watchkeeper.query.algorithms import without_fill
from watchkeeper.query.anomaly_bands import AnomalyPlan, anomaly_plan, is_anomalous, judged
from watchkeeper.query.ast import Call, Expression, Metric
from watchkeeper.query.forms import MonitorQuery
from watchkeeper.query.frame_expressions import frames_of, has_default, is_point_by_point
from watchkeeper.query.frames import Frames
from watchkeeper.query.grid import Indices
from watchkeeper.query.lines import Group
from watchkeeper.query.metric_frames import Cells, tracks_of
from watchkeeper.query.metric_lines import is_pooled
from watchkeeper.query.parts import metrics_of, parts_of
from watchkeeper.query.recorded import RecordedSeries, Values
from watchkeeper.query.settings import anomaly_settings
from watchkeeper.query.sliding import any_in_windows


def many_anomalies(query: MonitorQuery, source: RecordedSeries, ends: Indices) -> dict[Group, Values] | None:
    """For each group the share of anomalous points at each end of a window, NaN where there is none.

    None for what has to be computed window by window: other algorithms, and queries whose buckets depend on each other.
    """
    call = query.expression
    settings = anomaly_settings(call)
    if settings is None or not isinstance(call, Call) or not _stands_alone(call.operand, source):
        return None
    if settings.counts_missing_as_zero and not isinstance(call.operand, Metric):
        return None
    plan = anomaly_plan(settings, query.window_s)
    last = ends // plan.interval_s
    first = int(last[0]) - plan.alert_points - plan.reach
    size = int(last[-1]) - first
    cells = Cells(source, first * plan.interval_s, size, plan.interval_s)
    frames = frames_of(without_fill(call.operand), cells.metric)
    if not isinstance(frames, Frames):
        return None
    places = last - first - plan.alert_points
    return {group: _shares(plan, frame.rows[0], places) for group, frame in frames.by_group.items()}


def _stands_alone(expression: Expression, source: RecordedSeries) -> bool:
    if has_default(expression) or not is_point_by_point(without_fill(expression)) or not metrics_of(expression):
        return False
    if any(isinstance(part, Call) for part in parts_of(expression)):
        # A shift may not fit the interval; it is left to the reference with every other function.
        return False
    return not any(
        is_pooled(metric, track.kind) or metric.method("fill")
        for metric in metrics_of(expression)
        for track in tracks_of(metric, source)
    )


def _shares(plan: AnomalyPlan, row: Values, places: Indices) -> Values:
    values = plan.prepared(row.tolist())
    expected = judged(plan, values)
    needed = np.zeros(len(values) + 1, dtype=np.int64)
    np.add.at(needed, places, 1)
    np.add.at(needed, places + plan.alert_points, -1)
    anomalous, known = np.zeros(len(values), dtype=np.int64), np.zeros(len(values), dtype=np.int64)
    for index in np.flatnonzero(np.cumsum(needed[:-1])).tolist():
        verdict = is_anomalous(plan, values, expected, index)
        if verdict is not None:
            known[index], anomalous[index] = 1, int(verdict)
    known_so_far = np.concatenate(([0], np.cumsum(known)))
    anomalous_so_far = np.concatenate(([0], np.cumsum(anomalous)))
    until = places + plan.alert_points
    count = known_so_far[until] - known_so_far[places]
    exists = any_in_windows(~np.isnan(row), places - plan.reach, plan.reach + plan.alert_points)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (anomalous_so_far[until] - anomalous_so_far[places]) / count
    return np.where(exists & (count > 0), share, np.nan)
