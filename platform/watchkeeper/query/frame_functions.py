"""What a function makes of many windows at once: a row is a bucket, a column a window. As `line_functions`.

Functions of one point work on cells over the whole period as well.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from watchkeeper.query.frames import Frame
from watchkeeper.query.grid import reduced
from watchkeeper.query.line_functions import POINTWISE
from watchkeeper.query.recorded import Values
from watchkeeper.query.rollup import RollupArguments


def each_value(name: str, row: Values, numbers: tuple[float, ...]) -> Values:
    """A function of `POINTWISE` on every place that has a value."""
    vectorised = _VECTORISED.get(name)
    if vectorised is not None and not (name == "round" and numbers):
        return vectorised(row, numbers)
    # Logarithms and decimals of numpy differ from Python's in the last bit.
    function = POINTWISE[name]
    found = np.full(row.shape, np.nan)
    known = ~np.isnan(row)
    found[known] = [function(value, numbers) for value in row[known].tolist()]
    return found


_VECTORISED: Final[Mapping[str, Callable[[Values, tuple[float, ...]], Values]]] = MappingProxyType(
    {
        "abs": lambda row, _numbers: np.abs(row),
        "round": lambda row, _numbers: np.rint(row),
        "clamp_min": lambda row, numbers: np.maximum(row, numbers[0]),
        "clamp_max": lambda row, numbers: np.minimum(row, numbers[0]),
        "cutoff_min": lambda row, numbers: np.where(row >= numbers[0], row, np.nan),
        "cutoff_max": lambda row, numbers: np.where(row <= numbers[0], row, np.nan),
        "exclude_null": lambda row, _numbers: row,
    }
)


def _steps(frame: Frame) -> Iterator[tuple[Values, Values]]:
    """For each row: the difference to the last value before it, and the seconds since; NaN where there is none."""
    shape = frame.rows[0].shape
    value, at = np.full(shape, np.nan), np.full(shape, np.nan)
    for label, row in zip(frame.labels, frame.rows, strict=True):
        yield row - value, np.where(np.isnan(row), np.nan, label - at)
        known = ~np.isnan(row)
        value, at = np.where(known, row, value), np.where(known, float(label), at)


def _from_steps(change: Callable[[Values, Values], Values]) -> Callable[[Frame], list[Values]]:
    def apply(frame: Frame) -> list[Values]:
        with np.errstate(invalid="ignore"):
            return [change(difference, seconds) for difference, seconds in _steps(frame)]

    return apply


def _rising(found: Values, difference: Values) -> Values:
    return np.where(difference >= 0, found, np.nan)


def _growth(per_s: int) -> Callable[[Frame], list[Values]]:
    return _from_steps(lambda difference, seconds: _rising(difference / seconds * per_s, difference))


def _cumsum(frame: Frame) -> list[Values]:
    sum_so_far, found = np.zeros(frame.rows[0].shape), []
    for row in frame.rows:
        sum_so_far = np.where(np.isnan(row), sum_so_far, sum_so_far + row)
        found.append(np.where(np.isnan(row), np.nan, sum_so_far))
    return found


def _integral(frame: Frame) -> list[Values]:
    area, found = np.zeros(frame.rows[0].shape), []
    for row, (_, seconds) in zip(frame.rows, _steps(frame), strict=True):
        has_step = ~np.isnan(seconds)
        area = np.where(has_step, area + seconds * row, area)
        found.append(np.where(has_step, area, np.nan))
    return found


def _ewma(span: int) -> Callable[[Frame], list[Values]]:
    weight = 2 / (span + 1)

    def apply(frame: Frame) -> list[Values]:
        level, found = np.full(frame.rows[0].shape, np.nan), []
        for row in frame.rows:
            moved = np.where(np.isnan(level), row, weight * row + (1 - weight) * level)
            level = np.where(np.isnan(row), level, moved)
            found.append(np.where(np.isnan(row), np.nan, level))
        return found

    return apply


def _rolling_median(count: int) -> Callable[[Frame], list[Values]]:
    def apply(frame: Frame) -> list[Values]:
        recent = [np.full(frame.rows[0].shape, np.nan) for _ in range(count)]
        found = []
        for row in frame.rows:
            known = ~np.isnan(row)
            moved = [*recent[1:], row]
            recent = [np.where(known, new, old) for new, old in zip(moved, recent, strict=True)]
            found.append(np.where(known, reduced(recent, "median"), np.nan))
        return found

    return apply


FRAMES_LOOKING_BACK: Final[Mapping[str, Callable[[Frame], list[Values]]]] = MappingProxyType(
    {
        "diff": _from_steps(lambda difference, _seconds: difference),
        "dt": _from_steps(lambda _difference, seconds: seconds),
        "derivative": _from_steps(lambda difference, seconds: difference / seconds),
        "rate": _from_steps(lambda difference, seconds: difference / seconds),
        "monotonic_diff": _from_steps(lambda difference, _seconds: _rising(difference, difference)),
        "per_second": _growth(1),
        "per_minute": _growth(60),
        "per_hour": _growth(3600),
        "throughput": lambda frame: [row / frame.step_s for row in frame.rows],
        "cumsum": _cumsum,
        "integral": _integral,
        **{f"ewma_{span}": _ewma(span) for span in (3, 5, 7, 10, 20)},
        **{f"median_{count}": _rolling_median(count) for count in (3, 5, 7, 9)},
    }
)
"""Those of `line_functions.LOOKING_BACK`."""


def moving_rows(frame: Frame, seconds: int, how: str) -> list[Values]:
    """As `line_functions.moving_rollup`."""
    return [reduced(_trailing(frame.labels, frame.rows, index, seconds), how) for index in range(len(frame.labels))]


def _trailing(labels: Sequence[int], rows: Sequence[Values], index: int, seconds: int) -> list[Values]:
    return [rows[each] for each in range(index + 1) if labels[each] > labels[index] - seconds]


def rolled_up_frame(frame: Frame, asked: RollupArguments, start: int) -> Frame:
    """As `line_functions.rolled_up_again`. start: of any of the windows; they lie alike on the interval."""
    assert asked.interval_s is not None
    pieces: dict[int, list[Values]] = {}
    for label, row in zip(frame.labels, frame.rows, strict=True):
        pieces.setdefault(asked.begin_of(start + label) - start, []).append(row)
    how = asked.named or "avg"
    return Frame(tuple(pieces), [reduced(rows, how) for rows in pieces.values()], asked.interval_s, frame.exists)
