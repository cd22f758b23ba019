"""The path of `as_count`: each operand is aggregated over the window first, then comes the arithmetic.

What is missing counts as 0. A function over arithmetic sees one number instead of a line. Source: Datadog
documentation, "as_count() in monitor evaluations", read 2026-11.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, reduce

from watchkeeper.query.ast import Binary, Call, Expression, Modified, Negative
from watchkeeper.query.evaluated import NotEvaluatedError
from watchkeeper.query.expression_lines import called, expression_lines, modified, pair, queries_of, shift_of
from watchkeeper.query.lines import Group, Line, Lines, Value, compute, reordered
from watchkeeper.query.parts import has_arithmetic
from watchkeeper.query.reduction import aggregate
from watchkeeper.query.series import SeriesSource


@dataclass(frozen=True, slots=True)
class Totals:
    """One number for each group, over the whole window."""

    keys: tuple[str, ...]
    by_group: Mapping[Group, float]


@dataclass(frozen=True, slots=True)
class CountedWindow:
    """[start, end) of a source, and how a monitor aggregates over it."""

    source: SeriesSource
    start: int
    end: int
    how: str

    def moved(self, shift_s: int) -> "CountedWindow":
        """The same window, so much earlier or later."""
        return CountedWindow(self.source, self.start + shift_s, self.end + shift_s, self.how)


def totals_of(expression: Expression, window: CountedWindow) -> Totals | float:
    """What an expression gives in a window, for each group. Raises NotEvaluatedError."""
    if not has_arithmetic(expression):
        lines = expression_lines(expression, window.source, window.start, window.end)
        if not isinstance(lines, Lines):
            return lines
        values = {group: aggregate(window.how, line.values) for group, line in lines.by_group.items()}
        return Totals(lines.keys, {group: value for group, value in values.items() if not math.isnan(value)})
    match expression:
        case Binary(operator=operator, left=left, right=right):
            return _joined(totals_of(left, window), totals_of(right, window), partial(compute, operator))
        case Negative(operand=operand):
            return _each(totals_of(operand, window), lambda value: -value)
        case Modified(operand=operand, methods=methods):
            found = totals_of(operand, window)
            for method in methods:
                found = _on_line(found, window, partial(modified, method.name, method.words))
            return found
        case Call(operand=operand):
            shift_s = shift_of(expression, window.end)
            if shift_s is not None:
                return totals_of(operand, window.moved(shift_s))
            operands = [totals_of(part, window) for part in (operand, *queries_of(expression))]
            if len(operands) > 1:
                join = partial(pair, expression.name)
                return reduce(lambda one, other: _joined(one, other, join), operands)
            return _on_line(operands[0], window, lambda value: called(expression, [value]))
        case _:
            raise NotEvaluatedError(f"{type(expression).__name__} with as_count", expression)


def _on_line(totals: Totals | float, window: CountedWindow, change: Callable[[Value], Value]) -> Totals | float:
    """What a function makes of each number, as of a line with that one point."""
    if not isinstance(totals, Totals):
        found = change(totals)
        assert isinstance(found, float)
        return found
    step_s = window.end - window.start
    lines = Lines(totals.keys, {g: Line([window.start], [value], step_s) for g, value in totals.by_group.items()})
    changed = change(lines)
    assert isinstance(changed, Lines)
    return Totals(changed.keys, {group: line.values[0] for group, line in changed.by_group.items()})


def _each(totals: Totals | float, change: Callable[[float], float]) -> Totals | float:
    if not isinstance(totals, Totals):
        return change(totals)
    return Totals(totals.keys, {group: change(value) for group, value in totals.by_group.items()})


def _joined(left: Totals | float, right: Totals | float, join: Callable[[float, float], float]) -> Totals | float:
    if not isinstance(left, Totals):
        return _each(right, lambda value: join(left, value))
    if not isinstance(right, Totals):
        return _each(left, lambda value: join(value, right))
    if left.keys and not right.keys:
        other = right.by_group.get((), 0.0)
        return _each(left, lambda value: join(value, other))
    if right.keys and not left.keys:
        other = left.by_group.get((), 0.0)
        return _each(right, lambda value: join(other, value))
    others = {reordered(group, left.keys): value for group, value in right.by_group.items()}
    groups = dict.fromkeys((*left.by_group, *others))
    return Totals(left.keys, {group: join(left.by_group.get(group, 0.0), others.get(group, 0.0)) for group in groups})
