"""One series on a grid of equal cells, as an array: the vectorised half of `rollup` and `metric_lines`.

Every sum runs over the samples of a cell from left to right, as the reference adds them, so that both are equal to the
last bit.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from watchkeeper.query.recorded import Track, Values
from watchkeeper.query.reduction import percent_of
from watchkeeper.query.rollup import Fill

Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]


def cells_of(track: Track, start: int, size: int, step_s: int, how: str) -> Values:
    """What `how` makes of the samples in each of `size` cells from `start`; NaN where a cell holds none."""
    first, last = np.searchsorted(track.timestamps, (start, start + size * step_s))
    cells = (track.timestamps[first:last] - start) // step_s
    values = track.values[first:last]
    if len(cells) < 2 or bool(np.all(cells[1:] != cells[:-1])):  # noqa: PLR2004 - a pair
        found = np.full(size, np.nan)
        found[cells] = _single(how, values)
        return found
    edges = first + np.searchsorted(cells, np.arange(size + 1))
    return ranges_of(track.values, edges[:-1], edges[1:], how)


def _single(how: str, values: Values) -> Values:
    """What an aggregate makes of one sample."""
    match how:
        case "count":
            return np.ones(len(values))
        case "stddev":
            return np.zeros(len(values))
        case _:
            # A sum begins with 0.0, which turns -0.0 into 0.0.
            return values + 0.0 if how in ("sum", "avg") else values


def ranges_of(values: Values, first: Indices, last: Indices, how: str) -> Values:
    """What `how` makes of values[first:last], for each of many ranges; NaN where a range is empty."""
    rows = range_rows(values, first, last)
    return reduced(rows, how) if rows else np.full(len(first), np.nan)


def range_rows(values: Values, first: Indices, last: Indices) -> list[Values]:
    """The first value of each range, the second of each, and so on; NaN where a range has no more."""
    lengths = last - first
    rows = []
    for offset in range(int(lengths.max(initial=0))):
        inside = offset < lengths
        rows.append(np.where(inside, values[np.where(inside, first + offset, 0)], np.nan))
    return rows


def reduced(rows: Sequence[Values], how: str) -> Values:
    """What `how` makes of the values that several arrays have in each place, in the order of the arrays."""
    if how in ("sum", "avg"):
        return _summed(rows, divides=how == "avg")
    if how in ("min", "max"):
        join = np.fmin if how == "min" else np.fmax
        found = rows[0]
        for row in rows[1:]:
            found = join(found, row)
        return found
    counts = _counts(rows)
    if how == "count":
        return np.where(counts > 0, counts, np.nan)
    if how == "stddev":
        centre = _summed(rows, divides=True)
        squares = [(row - centre) * (row - centre) for row in rows]
        return np.sqrt(_summed(squares, divides=True))
    return _ranked(rows, how, counts)


def _counts(rows: Sequence[Values]) -> Values:
    found = np.zeros(rows[0].shape)
    for row in rows:
        found += ~np.isnan(row)
    return found


def _summed(rows: Sequence[Values], *, divides: bool) -> Values:
    found = np.zeros(rows[0].shape)
    for row in rows:
        found += np.where(np.isnan(row), 0.0, row)
    counts = _counts(rows)
    with np.errstate(invalid="ignore", divide="ignore"):
        if divides:
            return found / counts
        return np.where(counts > 0, found, np.nan)


def _ranked(rows: Sequence[Values], how: str, counts: Values) -> Values:
    ordered = np.sort(np.stack(rows), axis=0)
    number = counts.astype(np.int64)

    def at(rank: Indices) -> Values:
        picked: Values = np.take_along_axis(ordered, np.maximum(rank, 0)[np.newaxis], axis=0).reshape(counts.shape)
        return picked

    if how == "median":
        low, high = at((number - 1) // 2), at(number // 2)
        found = np.where(number % 2 == 1, high, (low + high) / 2)
    else:
        percent = percent_of(how)
        assert percent is not None
        found = at(np.floor(percent / 100 * (counts - 1)).astype(np.int64))
    return np.where(counts > 0, found, np.nan)


def filled_cells(values: Values, mode: Fill, reach: int) -> Values:
    """Gaps of one array filled, as `metric_lines.filled` does."""
    if mode == "null" or reach < 1:
        return values
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return values
    found = values.copy()
    if mode != "linear":
        last = np.full(len(values), -1)
        last[known] = known
        np.maximum.accumulate(last, out=last)
        age = np.arange(len(values)) - last
        gaps = (last >= 0) & (age > 0) & (age <= reach)
        found[gaps] = values[last[gaps]] if mode == "last" else 0.0
        return found
    left, right = gaps_of(known, reach)
    step = (values[right] - values[left]) / (right - left)
    for offset in range(1, int((right - left).max(initial=1))):
        inside = left + offset < right
        found[left[inside] + offset] = values[left[inside]] + step[inside] * offset
    return found


def gaps_of(known: Indices, reach: int) -> tuple[Indices, Indices]:
    """Where a line is drawn: the places of the values before and after each gap that is short enough."""
    distance = np.diff(known)
    chosen = np.flatnonzero((distance > 1) & (distance <= reach))
    return known[chosen], known[chosen + 1]


def filled_rows(rows: list[Values], mode: Fill, reach: int) -> list[Values]:
    """As `filled_cells`, for many windows at once: a row is a bucket, a column a window."""
    if mode == "null" or reach < 1 or not rows:
        return rows
    found = [row.copy() for row in rows]
    size = len(rows[0])
    last = np.full(size, -1)
    for index, row in enumerate(rows):
        known = ~np.isnan(row)
        if mode == "linear":
            age = index - last
            for distance in range(2, min(reach, index) + 1):
                closes = np.flatnonzero(known & (last >= 0) & (age == distance))
                if not len(closes):
                    continue
                left = rows[index - distance][closes]
                step = (row[closes] - left) / distance
                for offset in range(1, distance):
                    found[index - distance + offset][closes] = left + step * offset
        else:
            gaps = np.flatnonzero(~known & (last >= 0) & (index - last <= reach))
            if mode == "zero":
                found[index][gaps] = 0.0
            else:
                found[index][gaps] = _picked(rows, last[gaps], gaps)
        last = np.where(known, index, last)
    return found


def _picked(rows: Sequence[Values], row_of: Indices, columns: Indices) -> Values:
    found = np.empty(len(columns))
    for row in np.unique(row_of).tolist():
        chosen = row_of == row
        found[chosen] = rows[row][columns[chosen]]
    return found
