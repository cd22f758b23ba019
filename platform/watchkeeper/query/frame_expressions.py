"""An expression in many windows at once: the vectorised half of `expression_lines`."""

import math
from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Final

import numpy as np

from watchkeeper.query.ast import (
    Binary,
    Call,
    Expression,
    Metric,
    Modified,
    Negative,
    Number,
)
from watchkeeper.query.evaluated import RANKING, SHIFTS_S, SPACE, NotEvaluatedError
from watchkeeper.query.expression_lines import keys_of, numbers_of, queries_of, shift_of
from watchkeeper.query.frame_functions import (
    FRAMES_LOOKING_BACK,
    each_value,
    moving_rows,
    rolled_up_frame,
)
from watchkeeper.query.frames import Frame, Frames, FrameValue, Rows, combined_frames, compute_arrays
from watchkeeper.query.grid import Flags, filled_rows, reduced
from watchkeeper.query.line_functions import DEFAULTS, POINTWISE, default_of
from watchkeeper.query.lines import Group
from watchkeeper.query.metric_lines import merges_windows
from watchkeeper.query.parts import parts_of
from watchkeeper.query.recorded import Values
from watchkeeper.query.rollup import RollupArguments, differing, fill_words, rollup_arguments, rollup_of
from watchkeeper.query.smoothing import FITTED

MetricFrames = Callable[[Metric, int], Frames]
"""The frames of a metric, moved by so many seconds."""

_POINT_BY_POINT: Final = frozenset({*POINTWISE, *DEFAULTS, *SHIFTS_S, "timeshift"})
_REGROUPING: Final = SPACE | {"count_nonzero", "count_not_null"}
_BY_REFERENCE: Final = RANKING | FITTED.keys() | {"calendar_shift", "reduce", "trend_line", "robust_trend"}
"""What is computed window by window: it looks at a line as a whole, or at other groups."""


def is_vectorised(expression: Expression) -> bool:
    """Whether it is computed on many windows at once; buckets of a calendar do not lie alike in all of them."""
    parts = parts_of(expression)
    if any(isinstance(part, Call) and part.name in _BY_REFERENCE for part in parts):
        return False
    return all(asked.calendar is None for part in parts for asked in _rollups_of(part))


def _rollups_of(part: Expression) -> list[RollupArguments]:
    match part:
        case Metric(methods=methods) | Modified(methods=methods):
            return [rollup_arguments(each.words) for each in methods if each.name == "rollup"]
        case Call(name="rollup", words=words):
            return [rollup_arguments(words)]
        case _:
            return []


def is_point_by_point(expression: Expression) -> bool:
    """Whether a bucket's value depends on no other bucket, so that one pass over all cells serves every window."""
    for part in parts_of(expression):
        match part:
            case Metric():
                if rollup_of(part).interval_s is not None or merges_windows(part):
                    return False
            case Call(name=name) if name in _REGROUPING:
                # Whether a group with a default takes part depends on the window.
                if not queries_of(part) and has_default(part):
                    return False
            case Call(name=name) if name not in _POINT_BY_POINT:
                return False
            case Modified():
                return False
            case _:
                pass
    shifts = [shift_of(part, 0) for part in parts_of(expression) if isinstance(part, Call)]
    return all(shift is None or shift % 60 == 0 for shift in shifts)


def has_default(expression: Expression) -> bool:
    """Whether it gives values where there are none, so that it matters whether a line exists."""
    return any(isinstance(part, Call) and part.name in DEFAULTS for part in parts_of(expression))


def own_interval_s(expression: Expression) -> int:
    """The least common multiple of all intervals that are named; 1 where none is."""
    return math.lcm(*(asked.interval_s or 1 for part in parts_of(expression) for asked in _rollups_of(part)))


def frames_of(expression: Expression, metric_frames: MetricFrames, start: int = 0, shift_s: int = 0) -> FrameValue:
    """The frames of an expression. start: of any of the windows, where an interval is named."""

    def below(part: Expression, further_s: int = 0) -> FrameValue:
        return frames_of(part, metric_frames, start, shift_s + further_s)

    match expression:
        case Number(value=value):
            return value
        case Metric():
            return metric_frames(expression, shift_s)
        case Negative(operand=operand):
            found = below(operand)
            return found.each_row(np.negative) if isinstance(found, Frames) else -found
        case Binary(operator=operator, left=left, right=right):
            return combined_frames(below(left), below(right), lambda x, y: compute_arrays(operator, x, y))
        case Modified(operand=operand, methods=methods):
            found = below(operand)
            for method in methods:
                found = modified_frames(method.name, method.words, found, start + shift_s)
            return found
        case Call(name="diff", operand=Metric() as metric):
            return below(differing(metric))
        case Call(operand=operand):
            further_s = shift_of(expression, 0)
            if further_s is not None:
                return below(operand, further_s)
            operands = [below(part) for part in (operand, *queries_of(expression))]
            return called_frames(expression, operands, start + shift_s)
        case _:
            raise NotEvaluatedError(type(expression).__name__, expression)


def called_frames(call: Call, operands: Sequence[FrameValue], start: int = 0) -> FrameValue:
    """As `expression_lines.called`."""
    name, value, numbers = call.name, operands[0], numbers_of(call)
    if name in SPACE and len(operands) > 1:
        return reduce(lambda one, other: combined_frames(one, other, partial(pair_of_rows, name)), operands)
    if not isinstance(value, Frames):
        return float(_on_row(call, np.array([value]), numbers)[0]) if name in (*POINTWISE, *DEFAULTS) else value
    if name in POINTWISE or name in DEFAULTS:
        return value.each_row(lambda row: _on_row(call, row, numbers))
    if name in FRAMES_LOOKING_BACK:
        look = FRAMES_LOOKING_BACK[name]
        # Two intervals may have no instant in common.
        return value.mapped(lambda frame: frame.with_rows(look(frame)) if frame.rows else frame)
    texts = [word for word in call.words if not word.lstrip("-").replace(".", "", 1).isdigit()]
    if name == "rollup":
        return _rolled_up(value, rollup_arguments(call.words), start)
    if name == "moving_rollup":
        return value.mapped(lambda frame: frame.with_rows(moving_rows(frame, int(numbers[0]), texts[0])))
    if name in SPACE:
        return regrouped_frames(value, keys_of(call), texts[0] if name == "percentile" else name)
    if name == "count_not_null":
        return regrouped_frames(value, (), "count")
    if name == "count_nonzero":
        return regrouped_frames(value.each_row(lambda row: np.where(row == 0, np.nan, row)), (), "count")
    raise NotEvaluatedError(f"{name}()", call)


def _on_row(call: Call, row: Values, numbers: tuple[float, ...]) -> Values:
    if call.name in DEFAULTS:
        return np.where(np.isnan(row), default_of(call.name, numbers), row)
    return each_value(call.name, row, numbers)


def pair_of_rows(how: str, x: Values, y: Values) -> Values:
    """As `expression_lines.pair`."""
    return np.where(np.isnan(x) | np.isnan(y), np.nan, reduced([x, y], how))


def modified_frames(name: str, words: tuple[str, ...], value: FrameValue, start: int) -> FrameValue:
    """As `expression_lines.modified`."""
    if not isinstance(value, Frames):
        return value
    if name == "rollup":
        return _rolled_up(value, rollup_arguments(words), start)
    if name == "fill":
        mode, limit_s = fill_words(words)
        chosen = mode or "linear"
        return value.mapped(
            lambda frame: frame.with_rows(filled_rows(list(frame.rows), chosen, limit_s // frame.step_s))
        )
    return value


def _rolled_up(value: Frames, asked: RollupArguments, start: int) -> Frames:
    return value if asked.interval_s is None else value.mapped(lambda frame: rolled_up_frame(frame, asked, start))


def regrouped_frames(value: Frames, keys: tuple[str, ...], how: str) -> Frames:
    """As `expression_lines.regrouped`."""
    members: dict[Group, list[Frame]] = {}
    for group, frame in value.by_group.items():
        tags = {tag.partition(":")[0]: tag for tag in group}
        if all(key in tags for key in keys):
            members.setdefault(tuple(tags[key] for key in keys), []).append(frame)
    return Frames(keys, {group: _over_space(frames, how) for group, frames in members.items()})


def _over_space(frames: Sequence[Frame], how: str) -> Frame:
    rows: Rows = [reduced(column, how) for column in zip(*(_present(frame) for frame in frames), strict=True)]
    flags = [frame.exists for frame in frames if frame.exists is not None]
    exists: Flags | None = reduce(np.logical_or, flags) if flags else None
    return Frame(frames[0].labels, rows, frames[0].step_s, exists)


def _present(frame: Frame) -> Rows:
    """The rows; where the line does not exist, it takes no part, whatever stands for a missing value."""
    if frame.exists is None or not frame.rows or frame.exists.shape != frame.rows[0].shape:
        return frame.rows
    return [np.where(frame.exists, row, np.nan) for row in frame.rows]
