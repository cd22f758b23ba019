"""Which of many windows are full: the vectorised half of `evaluate.filled_buckets`."""

import numpy as np

from watchkeeper.query.evaluate import ALLOWED_EMPTY, full_bucket_s
from watchkeeper.query.expression_lines import result_keys
from watchkeeper.query.forms import MonitorQuery
from watchkeeper.query.grid import Flags, Indices
from watchkeeper.query.lines import Group, reordered
from watchkeeper.query.metric_frames import members_of_groups
from watchkeeper.query.parts import metrics_of
from watchkeeper.query.recorded import RecordedSeries
from watchkeeper.query.sliding import any_in_windows

_CELL_S = 60


def full_windows(query: MonitorQuery, source: RecordedSeries, starts: Indices) -> dict[Group, Flags]:
    """For each group whether its window is full enough, window by window."""
    bucket_s = full_bucket_s(query.window)
    first = int(starts[0])
    size = (int(starts[-1]) - first + query.window_s) // _CELL_S
    keys = result_keys(query.expression)
    held: dict[Group, Flags] = {}
    for metric in dict.fromkeys(metrics_of(query.expression)):
        for group, tracks in members_of_groups(metric, source).items():
            flags = held.setdefault(reordered(group, keys) if metric.by else (), np.zeros(size, dtype=bool))
            for track in tracks:
                low, high = np.searchsorted(track.timestamps, (first, first + size * _CELL_S))
                flags[(track.timestamps[low:high] - first) // _CELL_S] = True
    common = held.pop((), np.zeros(size, dtype=bool)) if keys else None
    places = (starts - first) // _CELL_S
    return {
        group: _full(flags if common is None else flags | common, places, query.window_s, bucket_s)
        for group, flags in held.items()
    }


def _full(flags: Flags, places: Indices, window_s: int, bucket_s: int) -> Flags:
    width = bucket_s // _CELL_S
    buckets = max(1, window_s // bucket_s)
    filled = np.zeros(len(places), dtype=np.int64)
    for index in range(buckets):
        filled += any_in_windows(flags, places + index * width, width)
    return any_in_windows(flags, places, width) & (buckets - filled <= ALLOWED_EMPTY)
