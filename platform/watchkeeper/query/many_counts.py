"""The path of `as_count` in many windows at once: the vectorised half of `count_path`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np

from watchkeeper.query.ast import Binary, Call, Expression, Modified, Negative
from watchkeeper.query.evaluated import NotEvaluatedError
from watchkeeper.query.expression_lines import queries_of, shift_of
from watchkeeper.query.frame_expressions import called_frames, modified_frames, pair_of_rows
from watchkeeper.query.frames import Frame, Frames, FrameValue, compute_arrays
from watchkeeper.query.grid import Flags
from watchkeeper.query.lines import Group, reordered
from watchkeeper.query.parts import has_arithmetic
from watchkeeper.query.recorded import Values

Reduced = Callable[[Expression, int], FrameValue]
"""The value of an expression without arithmetic in each window, moved by so many seconds; a row for each group."""


@dataclass(frozen=True, slots=True)
class ManyTotals:
    """For each group one number a window, and whether any operand has it."""

    keys: tuple[str, ...]
    by_group: Mapping[Group, tuple[Values, Flags]]


def row_frames(keys: tuple[str, ...], by_group: Mapping[Group, Values], step_s: int) -> Frames:
    """One row for each group: a single point in each window."""
    return Frames(keys, {group: Frame((0,), [values], step_s) for group, values in by_group.items()})


def many_totals(expression: Expression, reduced: Reduced, window_s: int, shift_s: int = 0) -> ManyTotals | float:
    """As `count_path.totals_of`, window by window."""

    def below(part: Expression, further_s: int = 0) -> ManyTotals | float:
        return many_totals(part, reduced, window_s, shift_s + further_s)

    if not has_arithmetic(expression):
        found = reduced(expression, shift_s)
        if not isinstance(found, Frames):
            return found
        rows = {group: frame.rows[0] for group, frame in found.by_group.items()}
        return ManyTotals(found.keys, {group: (row, ~np.isnan(row)) for group, row in rows.items()})
    match expression:
        case Binary(operator=operator, left=left, right=right):
            return _joined(below(left), below(right), partial(compute_arrays, operator))
        case Negative(operand=operand):
            return _each(below(operand), np.negative)
        case Modified(operand=operand, methods=methods):
            changed = below(operand)
            for method in methods:
                change = partial(modified_frames, method.name, method.words, start=0)
                changed = _on_frames(changed, window_s, change)
            return changed
        case Call(operand=operand):
            further_s = shift_of(expression, 0)
            if further_s is not None:
                return below(operand, further_s)
            operands = [below(part) for part in (operand, *queries_of(expression))]
            if len(operands) > 1:
                join = partial(pair_of_rows, expression.name)
                return reduce(lambda one, other: _joined(one, other, join), operands)
            return _on_frames(operands[0], window_s, lambda value: called_frames(expression, [value]))
        case _:
            raise NotEvaluatedError(f"{type(expression).__name__} with as_count", expression)


def _on_frames(
    totals: ManyTotals | float, window_s: int, change: Callable[[FrameValue], FrameValue]
) -> ManyTotals | float:
    """What a function makes of each number, as of a line with that one point."""
    if not isinstance(totals, ManyTotals):
        found = change(totals)
        assert isinstance(found, float)
        return found
    by_group = {group: Frame((0,), [row], window_s, present) for group, (row, present) in totals.by_group.items()}
    changed = change(Frames(totals.keys, by_group))
    assert isinstance(changed, Frames)
    found_by_group = {}
    for group, frame in changed.by_group.items():
        assert frame.exists is not None
        found_by_group[group] = (frame.rows[0], frame.exists)
    return ManyTotals(changed.keys, found_by_group)


def _each(totals: ManyTotals | float, change: Callable[[Values], Values]) -> ManyTotals | float:
    if not isinstance(totals, ManyTotals):
        return float(change(np.array([totals]))[0])
    return ManyTotals(totals.keys, {group: (change(v), present) for group, (v, present) in totals.by_group.items()})


def _joined(
    left: ManyTotals | float, right: ManyTotals | float, join: Callable[[Values, Values], Values]
) -> ManyTotals | float:
    if not isinstance(left, ManyTotals):
        return _each(right, lambda values: join(np.full(values.shape, left), values))
    if not isinstance(right, ManyTotals):
        return _each(left, lambda values: join(values, np.full(values.shape, right)))
    if left.keys and not right.keys:
        return _with_common(left, right.by_group.get(()), join)
    if right.keys and not left.keys:
        return _with_common(right, left.by_group.get(()), lambda x, y: join(y, x))
    others = {reordered(group, left.keys): each for group, each in right.by_group.items()}
    found = {}
    for group in dict.fromkeys((*left.by_group, *others)):
        one, two = left.by_group.get(group), others.get(group)
        flags = [each[1] for each in (one, two) if each is not None]
        found[group] = (join(_or_zero(one, flags[0]), _or_zero(two, flags[0])), np.logical_or.reduce(flags))
    return ManyTotals(left.keys, found)


def _with_common(
    totals: ManyTotals, other: tuple[Values, Flags] | None, join: Callable[[Values, Values], Values]
) -> ManyTotals:
    return ManyTotals(
        totals.keys,
        {
            group: (join(_or_zero(each, each[1]), _or_zero(other, each[1])), each[1])
            for group, each in totals.by_group.items()
        },
    )


def _or_zero(each: tuple[Values, Flags] | None, like: Flags) -> Values:
    """The values; 0 where there is none."""
    return np.zeros(like.shape) if each is None else np.where(each[1], each[0], 0.0)
