"""A query in many slices of time at once: what `slices` gives for each of them. Needs numpy."""

from collections.abc import Mapping

import numpy as np

from watchkeeper.query.ast import Expression
from watchkeeper.query.evaluate import Group
from watchkeeper.query.frame_expressions import frames_of, is_vectorised
from watchkeeper.query.frames import Frames
from watchkeeper.query.grid import Indices
from watchkeeper.query.metric_frames import Windows, metric_windows
from watchkeeper.query.recorded import RecordedSeries, Values
from watchkeeper.query.slices import slice_values, slices_before
from watchkeeper.query.sliding import rows_reduced


def many_slices(
    expression: Expression, source: RecordedSeries, starts: Indices, slice_s: int
) -> Mapping[Group, Values]:
    """For each group its values in the slices that begin at `starts`, NaN where there is none.

    starts: Unix seconds, ascending multiples of slice_s. expression: as `in_slices` gives it.
    """
    if not len(starts):
        return {}
    if not is_vectorised(expression) or slices_before(expression, slice_s):
        return _by_reference(expression, source, starts, slice_s)
    windows = Windows(starts, slice_s, slice_s)
    found = frames_of(expression, lambda metric, by_s: metric_windows(metric, source, windows, by_s), int(starts[0]))
    if not isinstance(found, Frames):
        return {(): np.full(len(starts), found)}
    by_group = {}
    for group, frame in found.by_group.items():
        values = rows_reduced(frame.rows, "avg", len(starts))
        by_group[group] = values if frame.exists is None else np.where(frame.exists, values, np.nan)
    return by_group


def _by_reference(expression: Expression, source: RecordedSeries, starts: Indices, slice_s: int) -> dict[Group, Values]:
    found: dict[Group, Values] = {}
    for index, start in enumerate(starts.tolist()):
        for group, value in slice_values(expression, source, start, slice_s).items():
            found.setdefault(group, np.full(len(starts), np.nan))[index] = value
    return found
