"""One metric of a query as lines: filter by scope, roll up each series in time, fill gaps, aggregate over space."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, cast

from watchkeeper.query.ast import Comparator, Metric
from watchkeeper.query.forms import crosses
from watchkeeper.query.line_functions import LOOKING_BACK
from watchkeeper.query.lines import Group, Line, Lines
from watchkeeper.query.reduction import aggregate, percent_of
from watchkeeper.query.rollup import Bucket, Fill, Rollup, buckets_of, rollup_of
from watchkeeper.query.scope import matches
from watchkeeper.query.searched import SearchMetric, is_found, series_names
from watchkeeper.query.series import Kind, Series, SeriesSource

_BOUNDS: Final = re.compile(r"v: v(>=|<=|==|!=|>|<)(.+)")


def metric_lines(metric: Metric, source: SeriesSource, start: int, end: int, bucket_s: int) -> Lines:
    """The lines of a metric in [start, end). A series without a value in there takes no part."""
    rollup = rollup_of(metric)
    bucket_s = end - start if merges_windows(metric) else bucket_s
    buckets = buckets_of(start, end, bucket_s, rollup)
    if not buckets:
        return Lines(metric.by, {})
    before = sum(bucket.label < start for bucket in buckets) if rollup.interval_s is None else 0
    labels = [bucket.label for bucket in buckets[before:]]
    step_s = rollup.interval_s or bucket_s
    members: dict[Group, list[Series]] = {}
    for group, series in selected(metric, source, buckets[0].start, buckets[-1].end):
        members.setdefault(group, []).append(series)
    found: dict[Group, Line] = {}
    for group, each in members.items():
        lines = [line[before:] for line in _series_values(metric, rollup, each, buckets, step_s)]
        if all(map(math.isnan, chain.from_iterable(lines))):
            continue
        if rollup.differs:
            lines = [LOOKING_BACK["diff"](Line(labels, line, step_s)) for line in lines]
        # A bucket counts the series that have a value in it; pooled samples are counted already.
        is_alone = len(lines) == 1 and (metric.aggregator != "count" or is_pooled(metric, each[0].kind))
        values = lines[0] if is_alone else [aggregate(metric.aggregator, column) for column in zip(*lines, strict=True)]
        found[group] = Line(labels, values, step_s)
    return Lines(metric.by, found)


def selected(metric: Metric, source: SeriesSource, start: int, end: int) -> Iterator[tuple[Group, Series]]:
    """Every series of a metric with samples in [start, end), and the group it belongs to."""
    for name in (metric.name,) if source.answers_searches else series_names(metric):
        for series in source.select(name, start, end):
            group = group_in(metric, name, series)
            if group is not None:
                yield group, series


def group_in(metric: Metric, name: str, series: Series) -> Group | None:
    """The group of a metric to which a series of that name belongs; None where the metric does not take it."""
    is_taken = matches(metric.scope, series) and is_found(metric, name, series.by_key)
    return group_of(series, metric.by) if is_taken else None


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
    is_sketch = kind == "distribution" or percent_of(metric.aggregator) is not None
    return is_sketch or bool(metric.bounds) or merges_windows(metric)


def merges_windows(metric: Metric) -> bool:
    """Whether a whole window is one bucket."""
    return isinstance(metric, SearchMetric) and metric.merges


@lru_cache(maxsize=1024)
def bounds_of(metric: Metric) -> tuple[Comparator, float] | None:
    """Which values `count(v: v>=10)` counts; None without bounds."""
    match = _BOUNDS.fullmatch(metric.bounds)
    return (cast("Comparator", match[1]), float(match[2])) if match else None


def pooled_how(metric: Metric) -> str:
    """The aggregate over pooled samples; those that are counted within bounds have become ones and zeros."""
    return "sum" if metric.bounds else metric.aggregator


def pooled_per(metric: Metric, rollup: Rollup, step_s: int) -> float:
    """What a pooled bucket is divided by: its seconds, where counts or sums are asked for as a rate."""
    return float(step_s) if rollup.rates and metric.aggregator in ("count", "sum") else 1.0


def _series_values(
    metric: Metric, rollup: Rollup, members: Sequence[Series], buckets: Sequence[Bucket], step_s: int
) -> list[list[float]]:
    """The values of each series in the buckets; those that are pooled are one."""
    pooled = [series for series in members if is_pooled(metric, series.kind)]
    lines = [_rolled_up(rollup, series, buckets, step_s) for series in members if series not in pooled]
    if pooled:
        lines.append(_pooled(metric, rollup, pooled, buckets, step_s))
    return lines


def _pooled(
    metric: Metric, rollup: Rollup, members: Sequence[Series], buckets: Sequence[Bucket], step_s: int
) -> list[float]:
    how, per = pooled_how(metric), pooled_per(metric, rollup, step_s)
    values = [aggregate(how, _samples(metric, members, bucket)) / per for bucket in buckets]
    # The sketches of a distribution are not interpolated unless the query asks for it.
    return filled(values, rollup.fill or "null", rollup.limit_s // step_s)


def _samples(metric: Metric, members: Sequence[Series], bucket: Bucket) -> list[float]:
    values = [value for series in members for value in _within(series, bucket)]
    bounds = bounds_of(metric)
    if bounds is None:
        return values
    return [1.0 if crosses(bounds[0], value, bounds[1]) else 0.0 for value in values]


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
