"""What a monitor's query gives at an instant: for each group one value, or nothing.

This is the readable, minute-by-minute form, and so the specification. For one metric, in this order: filter by scope,
time roll-up of each series into buckets, interpolation, space aggregation over the series of a group, functions and
arithmetic bucket by bucket, then the monitor's aggregation over the window. Source: Datadog documentation, "Query" and
"as_count() in monitor evaluations"; figures in the tests are theirs.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from watchkeeper.query.algorithms import algorithm_values
from watchkeeper.query.ast import Binary, Call, Expression, Negative, Number
from watchkeeper.query.count_path import CountedWindow, Totals, totals_of
from watchkeeper.query.evaluated import ALGORITHMS, NotEvaluatedError, counts, is_count_path
from watchkeeper.query.expression_lines import called, expression_lines, result_keys, shift_of
from watchkeeper.query.forms import MonitorQuery, Window
from watchkeeper.query.lines import Group, Lines, compute, reordered
from watchkeeper.query.metric_lines import selected
from watchkeeper.query.parts import metrics_of
from watchkeeper.query.reduction import NAN, aggregate
from watchkeeper.query.rollup import BUCKET_S
from watchkeeper.query.series import SeriesSource

__all__ = [
    "BUCKET_S",
    "Evaluation",
    "Group",
    "NotEvaluatedError",
    "evaluate",
    "evaluate_series",
    "evaluate_window",
    "is_count_query",
    "value_of_silence",
]

_FULL_BUCKETS_S: Final[Mapping[str, int]] = {"m": 60, "h": 600, "d": 3600, "w": 3600, "mo": 4 * 3600}
ALLOWED_EMPTY: Final = 3


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The value of one group at an instant, None when the window holds no data.

    is_full: whether the window has data in its first bucket and in all but three of the others; told only where it was
    asked for. recovery: the value by which recovery is judged; None where it is `value`. critical, critical_recovery:
    the thresholds of this evaluation where a query computes them.
    """

    value: float | None
    is_full: bool = True
    recovery: float | None = None
    critical: float | None = None
    critical_recovery: float | None = None


def evaluate(
    query: MonitorQuery, source: SeriesSource, at: int, *, delay_s: int = 0, wants_fullness: bool = False
) -> Mapping[Group, Evaluation]:
    """Every group that has data in [at - delay - window, at - delay), and always the one of an ungrouped query."""
    end = at - delay_s
    return evaluate_window(query, source, end - query.window_s, end, wants_fullness=wants_fullness)


def evaluate_window(
    query: MonitorQuery, source: SeriesSource, start: int, end: int, *, wants_fullness: bool = False
) -> Mapping[Group, Evaluation]:
    """As `evaluate`, in a window that is given: [start, end) in Unix seconds. Raises NotEvaluatedError."""
    values = window_values(query, source, start, end)
    found = {group: Evaluation(value) for group, value in values.items() if not math.isnan(value)}
    if wants_fullness:
        filled = filled_buckets(query, source, start, end)
        found = {group: Evaluation(each.value, is_full_window(filled[group])) for group, each in found.items()}
    if not result_keys(query.expression) and () not in found:
        found[()] = Evaluation(None, is_full=False)
    return found


def window_values(query: MonitorQuery, source: SeriesSource, start: int, end: int) -> Mapping[Group, float]:
    """The value of each group; NaN, or no group at all, where the window holds no data."""
    expression = query.expression
    if isinstance(expression, Call) and expression.name in ALGORITHMS:
        return algorithm_values(query, expression, source, start, end)
    if is_count_path(query):
        totals = totals_of(expression, CountedWindow(source, start, end, query.aggregator))
        return totals.by_group if isinstance(totals, Totals) else {(): totals}
    # The sketches of a distribution are merged over the whole window.
    bucket_s = end - start if query.aggregator == "percentile" else BUCKET_S
    how = "avg" if query.aggregator == "percentile" else query.aggregator
    lines = expression_lines(expression, source, start, end, bucket_s)
    if not isinstance(lines, Lines):
        return {(): lines}
    return {group: aggregate(how, line.values) for group, line in lines.by_group.items()}


def is_count_query(query: MonitorQuery) -> bool:
    """Whether the query counts (`as_count`): then nothing means zero."""
    return counts(query.expression)


def value_of_silence(query: MonitorQuery) -> float | None:
    """What the query gives where no series has a sample; None where it gives nothing.

    A query that counts gives 0; one with `default_zero` gives what it makes of its default.
    """
    if is_count_query(query):
        return 0.0
    value = _silent(query.expression)
    if math.isnan(value):
        return None
    how = "avg" if query.aggregator == "percentile" else query.aggregator
    return aggregate(how, [value] * max(1, query.window_s // BUCKET_S))


def _silent(expression: Expression) -> float:
    match expression:
        case Number(value=value):
            return value
        case Negative(operand=operand):
            return -_silent(operand)
        case Binary(operator=operator, left=left, right=right):
            return compute(operator, _silent(left), _silent(right))
        case Call(name=name, operand=operand) if name not in ALGORITHMS and shift_of(expression, 0) is None:
            found = called(expression, [_silent(operand)])
            return found if isinstance(found, float) else NAN
        case _:
            return NAN


def evaluate_series(
    expression: Expression, source: SeriesSource, start: int, end: int, bucket_s: int = BUCKET_S
) -> dict[Group, list[float]]:
    """For each group its values in consecutive buckets from `start`; NaN where there is none. Raises NotEvaluatedError.

    A point of a longer interval of its own stands in the bucket in which it begins.
    """
    lines = expression_lines(expression, source, start, end, bucket_s)
    size = max(1, (end - start) // bucket_s)
    if not isinstance(lines, Lines):
        return {(): [lines] * size}
    found = {}
    for group, line in lines.by_group.items():
        values = [NAN] * size
        for label, value in zip(line.labels, line.values, strict=True):
            index = (label - start) // bucket_s
            if 0 <= index < size:
                values[index] = value
        found[group] = values
    return found


def full_bucket_s(window: Window) -> int:
    """The length of the buckets that a full window is made of."""
    return _FULL_BUCKETS_S[window.unit]


def is_full_window(filled: Sequence[bool]) -> bool:
    """Whether a monitor that requires a full window evaluates: data in the first bucket, and at most three empty."""
    return filled[0] and len(filled) - sum(filled) <= ALLOWED_EMPTY


def filled_buckets(query: MonitorQuery, source: SeriesSource, start: int, end: int) -> Mapping[Group, Sequence[bool]]:
    """For each group which buckets of the window hold a sample of any of its series."""
    bucket_s = full_bucket_s(query.window)
    size = max(1, (end - start) // bucket_s)
    keys = result_keys(query.expression)
    found: dict[Group, list[bool]] = {}
    for metric in dict.fromkeys(metrics_of(query.expression)):
        for group, series in selected(metric, source, start, end):
            filled = found.setdefault(reordered(group, keys) if metric.by else (), [False] * size)
            for stamp in series.timestamps:
                filled[min((stamp - start) // bucket_s, size - 1)] = True
    common = found.pop((), [False] * size) if keys else None
    if common is None:
        return _Filled(found, size)
    return _Filled({group: [a or b for a, b in zip(each, common, strict=True)] for group, each in found.items()}, size)


class _Filled(dict[Group, Sequence[bool]]):
    """A group without any sample has empty buckets."""

    def __init__(self, found: Mapping[Group, Sequence[bool]], size: int) -> None:
        super().__init__(found)
        self._size = size

    def __missing__(self, _group: Group) -> Sequence[bool]:
        return [False] * self._size
