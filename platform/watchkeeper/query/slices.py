"""A query in slices of time, each for itself: one value a slice, as an objective on slices of time judges it.

Space and time aggregation are those of the query, in buckets as long as the slice. Source: Datadog documentation, "Time
Slice SLOs", read 2026-11. Needs numpy for many slices at once.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from watchkeeper.query.ast import (
    Call,
    Expression,
    Method,
    Metric,
    Modified,
    Number,
    Word,
)
from watchkeeper.query.evaluate import Group, evaluate_series
from watchkeeper.query.evaluated import ALGORITHMS, NotEvaluatedError, refused_parts
from watchkeeper.query.expression_lines import numbers_of
from watchkeeper.query.line_functions import LOOKING_BACK
from watchkeeper.query.parts import parts_of, with_parts
from watchkeeper.query.rollup import rollup_arguments
from watchkeeper.query.series import SeriesSource

_OF_THE_SPAN: Final = frozenset(
    {"autosmooth", "cumsum", "integral", "piecewise_constant", "robust_trend", "trend_line"}
)  # fmt: skip
"""Functions whose value changes with the span that is shown."""
_ALONE: Final = frozenset({"throughput"})
_MOST_POINTS: Final = 20
"""The longest memory of the functions that look back (`ewma_20`)."""


@lru_cache(maxsize=1024)
def in_slices(expression: Expression, slice_s: int) -> Expression:
    """The query with buckets of a slice: a shorter roll-up keeps its method and takes the slice's length.

    Raises NotEvaluatedError for what has no value of its own in a slice.
    """
    for refused in refused_parts(expression):
        raise refused
    for part in parts_of(expression):
        if isinstance(part, Call) and part.name in _OF_THE_SPAN | ALGORITHMS:
            raise NotEvaluatedError(f"{part.name}()", part, "its value in a slice depends on what lies around it")
    return _with_length(expression, slice_s)


def _with_length(expression: Expression, slice_s: int) -> Expression:
    if isinstance(expression, Metric):
        return replace(expression, methods=_methods(expression, expression.methods, slice_s))
    if isinstance(expression, Modified):
        inner = _with_length(expression.operand, slice_s)
        return replace(expression, operand=inner, methods=_methods(expression, expression.methods, slice_s))
    if isinstance(expression, Call) and expression.name == "rollup":
        asked = rollup_arguments(expression.words)
        _check_length(expression, asked.interval_s, slice_s)
        return replace(
            expression,
            operand=_with_length(expression.operand, slice_s),
            arguments=(*((Word(asked.named),) if asked.named else ()), Number(float(slice_s))),
        )
    return with_parts(expression, lambda part: _with_length(part, slice_s))


def _methods(owner: Expression, methods: Sequence[Method], slice_s: int) -> tuple[Method, ...]:
    found = []
    for method in methods:
        if method.name != "rollup":
            found.append(method)
            continue
        asked = rollup_arguments(method.words)
        _check_length(owner, asked.interval_s, slice_s)
        words = (Word(asked.named),) if asked.named else ()
        found.append(replace(method, arguments=(*words, Number(float(slice_s)))))
    return tuple(found)


def _check_length(owner: Expression, interval_s: int | None, slice_s: int) -> None:
    if interval_s is not None and interval_s > slice_s:
        why = f"it is longer than the slices of {slice_s} s"
        raise NotEvaluatedError(f"a roll-up of {interval_s} s", owner, why)


@lru_cache(maxsize=1024)
def slices_before(expression: Expression, slice_s: int) -> int:
    """How many slices before its own a value depends on."""
    found = 0
    for part in parts_of(expression):
        if isinstance(part, Call) and part.name in LOOKING_BACK.keys() - _ALONE:
            found = max(found, _MOST_POINTS)
        if isinstance(part, Call) and part.name == "moving_rollup":
            found = max(found, math.ceil(next(iter(numbers_of(part)), 0.0) / slice_s))
    return found


def slice_values(expression: Expression, source: SeriesSource, start: int, slice_s: int) -> Mapping[Group, float]:
    """Every group that has a value in [start, start + slice_s), Unix seconds. expression: as `in_slices` gives it."""
    first = start - slices_before(expression, slice_s) * slice_s
    found = evaluate_series(expression, source, first, start + slice_s, slice_s)
    return {group: values[-1] for group, values in found.items() if not math.isnan(values[-1])}
