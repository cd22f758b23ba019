"""Values over time, by group, and how two of them are computed with each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from watchkeeper.query.ast import Operator
from watchkeeper.query.reduction import NAN

Group = tuple[str, ...]
"""`key:value` in the order of the group's keys; empty where nothing is grouped."""


@dataclass(frozen=True, slots=True)
class Line:
    """Points of one group. labels: their timestamps, Unix seconds, ascending. values: NaN where there is none.

    step_s: the length of a bucket.
    """

    labels: Sequence[int]
    values: Sequence[float]
    step_s: int

    def with_values(self, values: Sequence[float]) -> "Line":
        """Other values at the same times."""
        return Line(self.labels, values, self.step_s)


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a query. keys: what they are grouped by."""

    keys: tuple[str, ...]
    by_group: Mapping[Group, Line]

    def mapped(self, change: Callable[[Line], Line]) -> "Lines":
        """Every line changed for itself."""
        return Lines(self.keys, {group: change(line) for group, line in self.by_group.items()})


Value = Lines | float
"""What a part of an expression gives: lines, or a number that holds at all times."""


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


def combined(left: Value, right: Value, join: Callable[[float, float], float]) -> Value:
    """Point by point on equal times. A side without groups goes with every group of the other."""
    if not isinstance(left, Lines):
        if not isinstance(right, Lines):
            return join(left, right)
        return right.mapped(lambda line: line.with_values([join(left, value) for value in line.values]))
    if not isinstance(right, Lines):
        return left.mapped(lambda line: line.with_values([join(value, right) for value in line.values]))
    if left.keys and not right.keys:
        other = right.by_group.get(())
        return Lines(left.keys, {g: _joined(line, other, join) for g, line in left.by_group.items()} if other else {})
    if right.keys and not left.keys:
        other = left.by_group.get(())
        return Lines(right.keys, {g: _joined(other, line, join) for g, line in right.by_group.items()} if other else {})
    others = {reordered(group, left.keys): line for group, line in right.by_group.items()}
    return Lines(
        left.keys,
        {group: _joined(line, others[group], join) for group, line in left.by_group.items() if group in others},
    )


def reordered(group: Group, keys: tuple[str, ...]) -> Group:
    """A group in the order of these keys; both sides of an operator may name theirs in another order."""
    values = {tag.partition(":")[0]: tag for tag in group}
    return tuple(values.get(key, "") for key in keys)


def _joined(left: Line, right: Line, join: Callable[[float, float], float]) -> Line:
    if left.labels == right.labels:
        return left.with_values([join(x, y) for x, y in zip(left.values, right.values, strict=True)])
    both = set(left.labels) & set(right.labels)
    one = compress(left.values, [label in both for label in left.labels])
    other = compress(right.values, [label in both for label in right.labels])
    values = [join(x, y) for x, y in zip(one, other, strict=True)]
    return Line(sorted(both), values, max(left.step_s, right.step_s))
