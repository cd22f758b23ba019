"""Many windows at once, by group: what `lines` is for one window, on arrays.

A frame holds for each group an array whose places are buckets of time: either one long row of cells over the whole
period (then only point-by-point work makes sense on it), or a list of rows, a row a bucket, a column a window.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.query.ast import Comparator, Operator
from watchkeeper.query.grid import Flags
from watchkeeper.query.lines import Group, reordered
from watchkeeper.query.recorded import Values

Rows = Sequence[Values]
Join = Callable[[Values, Values], Values]


@dataclass(frozen=True, slots=True)
class Frame:
    """labels: when each row's bucket begins, seconds from the window's start. exists: in which windows there is a line.

    exists is None where that is seen by the values alone.
    """

    labels: tuple[int, ...]
    rows: Rows
    step_s: int
    exists: Flags | None = None

    def with_rows(self, rows: Rows) -> "Frame":
        """Other values at the same times."""
        return Frame(self.labels, rows, self.step_s, self.exists)


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a query. keys: what they are grouped by."""

    keys: tuple[str, ...]
    by_group: Mapping[Group, Frame]

    def mapped(self, change: Callable[[Frame], Frame]) -> "Frames":
        """Every frame changed for itself."""
        return Frames(self.keys, {group: change(frame) for group, frame in self.by_group.items()})

    def each_row(self, change: Callable[[Values], Values]) -> "Frames":
        """Every row changed for itself."""
        return self.mapped(lambda frame: frame.with_rows([change(row) for row in frame.rows]))


FrameValue = Frames | float


def compute_arrays(operator: Operator, left: Values, right: Values) -> Values:
    """One operation on every place; a missing operand or a division by zero gives NaN."""
    with np.errstate(all="ignore"):
        match operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return np.where(right == 0, np.nan, left / right)


def compare_arrays(comparator: Comparator, values: Values, threshold: Values | float) -> Flags:
    """Where a comparison holds; nowhere where a value is missing."""
    with np.errstate(invalid="ignore"):
        match comparator:
            case ">":
                return values > threshold
            case ">=":
                return values >= threshold
            case "<":
                return values < threshold
            case "<=":
                return values <= threshold
            case "==":
                return (values >= threshold) & (values <= threshold)
            case "!=":
                return (values < threshold) | (values > threshold)


def combined_frames(left: FrameValue, right: FrameValue, join: Join) -> FrameValue:
    """As `lines.combined`."""
    if not isinstance(left, Frames):
        one = np.asarray(left)
        if not isinstance(right, Frames):
            return float(join(one, np.asarray(right)))
        return right.each_row(lambda row: join(np.full(row.shape, one), row))
    if not isinstance(right, Frames):
        number = np.asarray(right)
        return left.each_row(lambda row: join(row, np.full(row.shape, number)))
    if left.keys and not right.keys:
        other = right.by_group.get(())
        found = {g: _joined(frame, other, join) for g, frame in left.by_group.items()} if other else {}
        return Frames(left.keys, found)
    if right.keys and not left.keys:
        other = left.by_group.get(())
        found = {g: _joined(other, frame, join) for g, frame in right.by_group.items()} if other else {}
        return Frames(right.keys, found)
    others = {reordered(group, left.keys): frame for group, frame in right.by_group.items()}
    return Frames(
        left.keys,
        {group: _joined(frame, others[group], join) for group, frame in left.by_group.items() if group in others},
    )


def _joined(left: Frame, right: Frame, join: Join) -> Frame:
    exists = both_exist(left.exists, right.exists)
    if left.labels == right.labels:
        rows = [join(one, other) for one, other in zip(left.rows, right.rows, strict=True)]
        return Frame(left.labels, rows, left.step_s, exists)
    others = dict(zip(right.labels, right.rows, strict=True))
    labels = tuple(label for label in left.labels if label in others)
    ours = dict(zip(left.labels, left.rows, strict=True))
    rows = [join(ours[label], others[label]) for label in labels]
    return Frame(labels, rows, max(left.step_s, right.step_s), exists)


def both_exist(left: Flags | None, right: Flags | None) -> Flags | None:
    """Where both lines exist."""
    if left is None or right is None:
        return right if left is None else left
    return left & right
