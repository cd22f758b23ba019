"""What a monitor's query gives at an instant: for each group one value, or nothing.

This is the readable, minute-by-minute form, and so the specification. For one metric, in this order: filter by scope,
time roll-up of each series into buckets, interpolation, space aggregation over the series of a group, functions and
arithmetic bucket by bucket, then the monitor's aggregation over the window. Source: Datadog documentation, "Query" and
"as_count() in monitor evaluations"; figures in the tests are theirs.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from watchkeeper.query.ast import (
    Binary,
    Call,
    Expression,
    Metric,
    Modified,
    Negative,
    Number,
    Operator,
    TimeAggregator,
    Variable,
    group_keys,
    has_arithmetic,
    metrics_of,
)
from watchkeeper.query.forms import MonitorQuery
from watchkeeper.query.pointwise import FUNCTIONS, NAN
from watchkeeper.query.scope import matches
from watchkeeper.query.series import Series, SeriesSource

BUCKET_S: Final = 60
LINEAR_LIMIT_S: Final = 300
"""How far apart two samples of a gauge may be for the gap to be filled between them."""

Group = tuple[str, ...]
"""`key:value` in the order of the group's keys; empty where nothing is grouped."""

Buckets = list[float]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The value of one group at an instant, None when the window holds no data.

    empty_buckets: buckets of the window without a value. first_is_empty: whether the oldest one is.
    """

    value: float | None
    buckets: int = 0
    empty_buckets: int = 0
    first_is_empty: bool = False


class NotEvaluatedError(ValueError):
    """An expression that is parsed and not computed; `parse_monitor_query` and `parse_metric_query` refuse it."""

    def __init__(self, expression: Expression) -> None:
        super().__init__(f"{type(expression).__name__} is not evaluated")
        self.expression = expression


@dataclass(frozen=True, slots=True)
class _Window:
    start: int
    end: int
    bucket_s: int = BUCKET_S

    @property
    def size(self) -> int:
        return max(1, (self.end - self.start) // self.bucket_s)


def evaluate(query: MonitorQuery, source: SeriesSource, at: int, *, delay_s: int = 0) -> Mapping[Group, Evaluation]:
    """Every group that has data in [at - delay - window, at - delay), and always the one of an ungrouped query."""
    end = at - delay_s
    window = _Window(end - query.window_s, end)
    if is_count_query(query) and has_arithmetic(query.expression):
        found = _aggregate_first(query, source, window)
    else:
        by_group = evaluate_series(query.expression, source, window.start, window.end)
        found = {group: _reduced(query, values) for group, values in by_group.items()}
    if not group_keys(query.expression) and () not in found:
        found[()] = Evaluation(None, window.size, window.size, first_is_empty=True)
    return found


def is_count_query(query: MonitorQuery) -> bool:
    """Whether the query counts (`as_count`): then time comes before arithmetic, and nothing means zero."""
    return any(metric.is_count for metric in metrics_of(query.expression))


def evaluate_series(
    expression: Expression, source: SeriesSource, start: int, end: int, bucket_s: int = BUCKET_S
) -> dict[Group, Buckets]:
    """For each group its values in consecutive buckets from `start`; NaN where there is none."""
    found = _values(expression, source, _Window(start, end, bucket_s))
    return found if isinstance(found, dict) else {(): found}


def _reduced(query: MonitorQuery, values: Sequence[float]) -> Evaluation:
    present = [value for value in values if not math.isnan(value)]
    value = _AGGREGATE[query.aggregator](present) if present else None
    return Evaluation(value, len(values), len(values) - len(present), first_is_empty=math.isnan(values[0]))


def _average(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


_AGGREGATE: Final[Mapping[TimeAggregator, Callable[[Sequence[float]], float]]] = MappingProxyType(
    {"avg": _average, "sum": math.fsum, "min": min, "max": max}
)


def _values(expression: Expression, source: SeriesSource, window: _Window) -> dict[Group, Buckets] | Buckets:
    """The value of a part: by group, or plain buckets for what has no metric in it."""
    match expression:
        case Number(value=value):
            return [value] * window.size
        case Metric():
            return _metric_values(expression, source, window)
        case Negative(operand=operand):
            return _mapped(_values(operand, source, window), lambda values: [-value for value in values])
        case Call(name=name, words=words, operand=operand):
            function = FUNCTIONS[name]
            return _mapped(_values(operand, source, window), lambda values: function.apply(values, words))
        case Binary(operator=operator, left=left, right=right):
            one, other = _values(left, source, window), _values(right, source, window)
            return _combined(one, other, lambda a, b: [compute(operator, x, y) for x, y in zip(a, b, strict=True)])
        case Variable() | Modified():
            raise NotEvaluatedError(expression)


def _mapped(
    values: dict[Group, Buckets] | Buckets, change: Callable[[Buckets], Buckets]
) -> dict[Group, Buckets] | Buckets:
    if isinstance(values, dict):
        return {group: change(each) for group, each in values.items()}
    return change(values)


def _combined(
    left: dict[Group, Buckets] | Buckets,
    right: dict[Group, Buckets] | Buckets,
    join: Callable[[Buckets, Buckets], Buckets],
) -> dict[Group, Buckets] | Buckets:
    """Groups that both sides have; a side without groups goes with every group of the other."""
    if not isinstance(left, dict):
        if not isinstance(right, dict):
            return join(left, right)
        return {group: join(left, values) for group, values in right.items()}
    if not isinstance(right, dict):
        return {group: join(values, right) for group, values in left.items()}
    if set(left) == {()} and set(right) != {()}:
        return {group: join(left[()], values) for group, values in right.items()}
    if set(right) == {()} and set(left) != {()}:
        return {group: join(values, right[()]) for group, values in left.items()}
    return {group: join(values, right[group]) for group, values in left.items() if group in right}


def compute(operator: Operator, left: float, right: float) -> float:
    """One operation; a missing operand or a division by zero gives NaN, which drops the bucket."""
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right if right else NAN


def _metric_values(metric: Metric, source: SeriesSource, window: _Window) -> dict[Group, Buckets]:
    members: dict[Group, list[Buckets]] = {}
    for series in source.select(metric.name, window.start, window.end):
        if not matches(metric.scope, series):
            continue
        group = _group_of(series, metric.by)
        if group is not None:
            members.setdefault(group, []).append(_rolled_up(metric, series, window))
    return {group: _space(metric.aggregator, each) for group, each in members.items()}


def _group_of(series: Series, by: tuple[str, ...]) -> Group | None:
    """The group a series belongs to; None when it lacks one of the keys: then it is not evaluated."""
    group = []
    for key in by:
        values = series.by_key.get(key)
        if not values:
            return None
        group.append(f"{key}:{values[0]}")
    return tuple(group)


def _rolled_up(metric: Metric, series: Series, window: _Window) -> Buckets:
    """One series in buckets: the average of a gauge's samples, the sum of a counter's."""
    rollup = metric.method("rollup")
    named = rollup.words[0] if rollup and rollup.words else ""
    is_counter = series.kind in ("count", "rate")
    how = (
        named if named in _AGGREGATE else "sum" if is_counter and (metric.is_count or series.kind == "count") else "avg"
    )
    pieces: list[list[float]] = [[] for _ in range(window.size)]
    for stamp, value in zip(series.timestamps, series.values, strict=True):
        pieces[min((stamp - window.start) // window.bucket_s, window.size - 1)].append(value)
    aggregate = _AGGREGATE[how]
    buckets = [aggregate(piece) if piece else NAN for piece in pieces]
    if metric.is_count and series.kind == "rate":
        buckets = [value * series.interval_s for value in buckets]
    elif series.kind == "count" and not metric.is_count and named != "sum":
        # Without as_count a counter is shown per second.
        buckets = [value / window.bucket_s for value in buckets] if metric.method("as_rate") else buckets
    return _interpolated(metric, series, buckets, window.bucket_s)


def _interpolated(metric: Metric, series: Series, buckets: Buckets, bucket_s: int) -> Buckets:
    fill = metric.method("fill")
    mode = fill.words[0] if fill and fill.words else ""
    if mode in ("zero", "0"):
        return [0.0 if math.isnan(value) else value for value in buckets]
    if mode == "null" or metric.is_count or (not mode and series.kind in ("count", "rate")):
        return buckets
    limit = int(fill.words[1]) if fill and len(fill.words) > 1 else LINEAR_LIMIT_S
    filled = list(buckets)
    known = [index for index, value in enumerate(buckets) if not math.isnan(value)]
    for left, right in pairwise(known):
        if 1 < right - left <= limit // bucket_s:
            step = (buckets[right] - buckets[left]) / (right - left)
            for index in range(left + 1, right):
                filled[index] = buckets[left] if mode == "last" else buckets[left] + step * (index - left)
    return filled


def _space(aggregator: str, members: Sequence[Buckets]) -> Buckets:
    """Several series as one; a bucket counts those that have a value in it."""
    if len(members) == 1 and aggregator != "count":
        return members[0]
    joined = []
    for column in zip(*members, strict=True):
        present = [value for value in column if not math.isnan(value)]
        if aggregator == "count":
            joined.append(float(len(present)) if present else NAN)
        else:
            joined.append(_AGGREGATE[aggregator](present) if present else NAN)
    return joined


def _aggregate_first(query: MonitorQuery, source: SeriesSource, window: _Window) -> dict[Group, Evaluation]:
    """The path of `as_count`: aggregate each operand over the window, then compute; what is missing counts as 0."""
    per_metric = {
        metric: {
            group: _reduced(query, values).value for group, values in _metric_values(metric, source, window).items()
        }
        for metric in metrics_of(query.expression)
    }
    keys = group_keys(query.expression)
    groups = {group for found in per_metric.values() for group in found if len(group) == len(keys)}
    answers: dict[Group, Evaluation] = {}
    for group in groups:
        value = _at_group(query.expression, per_metric, group)
        answers[group] = Evaluation(None if math.isnan(value) else value, window.size)
    return answers


def _at_group(expression: Expression, per_metric: Mapping[Metric, Mapping[Group, float | None]], group: Group) -> float:
    match expression:
        case Number(value=value):
            return value
        case Metric():
            found = per_metric[expression]
            amount = found.get(group) if expression.by else found.get(())
            return 0.0 if amount is None else amount
        case Negative(operand=operand):
            return -_at_group(operand, per_metric, group)
        case Call(name=name, words=words, operand=operand):
            return FUNCTIONS[name].apply([_at_group(operand, per_metric, group)], words)[0]
        case Binary(operator=operator, left=left, right=right):
            return compute(operator, _at_group(left, per_metric, group), _at_group(right, per_metric, group))
        case Variable() | Modified():
            raise NotEvaluatedError(expression)
