"""One metric of a query as lines: filter by scope, roll up each series in time, fill gaps, aggregate over space."""

import math
from bisect import bisect_left
from collections.abc import Sequence

from watchkeeper.query.ast import Metric
from watchkeeper.query.lines import Group, Line, Lines
from watchkeeper.query.reduction import aggregate, percent_of
from watchkeeper.query.rollup import Bucket, Fill, Rollup, buckets_of, rollup_of
from watchkeeper.query.scope import matches
from watchkeeper.query.series import Kind, Series, SeriesSource


def metric_lines(metric: Metric, source: SeriesSource, start: int, end: int, bucket_s: int) -> Lines:
    """The lines of a metric in [start, end). A series without a value in there takes no part."""
    rollup = rollup_of(metric)
    buckets = buckets_of(start, end, bucket_s, rollup)
    if not buckets:
        return Lines(metric.by, {})
    before = sum(bucket.label < start for bucket in buckets) if rollup.interval_s is None else 0
    labels = [bucket.label for bucket in buckets[before:]]
    step_s = rollup.interval_s or bucket_s
    members: dict[Group, list[Series]] = {}
    for series in source.select(metric.name, buckets[0].start, buckets[-1].end):
        group = group_of(series, metric.by) if matches(metric.scope, series) else None
        if group is not None:
            members.setdefault(group, []).append(series)
    found: dict[Group, Line] = {}
    for group, each in members.items():
        values = _group_values(metric, rollup, each, buckets, step_s)[before:]
        if not all(map(math.isnan, values)):
            found[group] = Line(labels, values, step_s)
    return Lines(metric.by, found)


def group_of(series: Series, by: tuple[str, ...]) -> Group | None:
    """The group a series belongs to; None when it lacks one of the keys: then it is not evaluated."""
    group = []
    for key in by:
        values = series.by_key.get(key)
        if not values:
            return None
        group.append(f"{key}:{values[0]}")
    return tuple(group)


def is_pooled(metric: Metric, kind: Kind) -> bool:
    """Whether time and space are aggregated at once, over all samples of the group: so are distributions."""
    return kind == "distribution" or percent_of(metric.aggregator) is not None


def _group_values(
    metric: Metric, rollup: Rollup, members: Sequence[Series], buckets: Sequence[Bucket], step_s: int
) -> list[float]:
    pooled = [series for series in members if is_pooled(metric, series.kind)]
    lines = [_rolled_up(rollup, series, buckets, step_s) for series in members if series not in pooled]
    if pooled:
        lines.append([aggregate(metric.aggregator, _samples(pooled, bucket)) for bucket in buckets])
    if len(lines) == 1 and (metric.aggregator != "count" or pooled):
        return lines[0]
    # A bucket counts the series that have a value in it.
    return [aggregate(metric.aggregator, column) for column in zip(*lines, strict=True)]


def _samples(members: Sequence[Series], bucket: Bucket) -> list[float]:
    return [value for series in members for value in _within(series, bucket)]


def _within(series: Series, bucket: Bucket) -> Sequence[float]:
    stamps = series.timestamps
    return series.values[bisect_left(stamps, bucket.start) : bisect_left(stamps, bucket.end)]


def _rolled_up(rollup: Rollup, series: Series, buckets: Sequence[Bucket], step_s: int) -> list[float]:
    """One series in buckets: the average of a gauge's samples, the sum of a counter's."""
    how = rollup.how(series.kind)
    times, per = rollup.scale(series.kind, series.interval_s, step_s)
    values = [aggregate(how, _within(series, bucket)) * times / per for bucket in buckets]
    return filled(values, rollup.filled(series.kind), rollup.limit_s // step_s)


def filled(values: Sequence[float], mode: Fill, reach: int) -> list[float]:
    """Gaps filled between what is known. reach: how many buckets may lie between two values, the later one included.

    `last` and `zero` fill as many buckets after a value; a line needs both ends.
    """
    found = list(values)
    if mode == "null":
        return found
    last: int | None = None
    for index, value in enumerate(values):
        if not math.isnan(value):
            if mode == "linear" and last is not None and 1 < index - last <= reach:
                step = (value - values[last]) / (index - last)
                for between in range(last + 1, index):
                    found[between] = values[last] + step * (between - last)
            last = index
        elif mode != "linear" and last is not None and index - last <= reach:
            found[index] = values[last] if mode == "last" else 0.0
    return found
