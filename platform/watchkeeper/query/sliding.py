"""Windows over a long row of cells, reduced in bulk; equal to the last bit to `reduction.aggregate` on each of them."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from watchkeeper.query.grid import Flags, Indices, reduced
from watchkeeper.query.recorded import Values

_EXACT: Final = float(1 << 53)
"""Whole numbers up to here are added without an error, in whatever order."""


def reduced_windows(cells: Values, places: Indices, width: int, how: str) -> Values:
    """The aggregate over cells[place : place + width], for each place; NaN where all of them are missing."""
    missing = np.isnan(cells)
    has_gaps = bool(missing.any())
    if how in ("min", "max"):
        return _extremes(cells, places, width, how)
    known = np.where(missing, 0.0, cells) if has_gaps else cells
    sums = _sums(known, places, width)
    if not has_gaps:
        return sums / width if how == "avg" else sums
    so_far = np.concatenate(([0], np.cumsum(~missing)))
    counts = so_far[places + width] - so_far[places]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(counts > 0, sums / counts if how == "avg" else sums, np.nan)


def _sums(known: Values, places: Indices, width: int) -> Values:
    """Window sums, added from left to right; of whole numbers as differences of one running sum."""
    if width > 2 and _is_exact(known):  # noqa: PLR2004 - two additions cost less
        so_far = np.concatenate(([0.0], np.cumsum(known)))
        return so_far[places + width] - so_far[places]
    take = _taker(known, places)
    found = np.zeros(len(places))
    for offset in range(width):
        found += take(offset)
    return found


def _is_exact(known: Values) -> bool:
    """Whether every partial sum is a whole number that a float holds exactly."""
    if not np.isfinite(known).all() or np.abs(known).sum() >= _EXACT:
        return False
    return bool((np.rint(known) == known).all())


def _taker(cells: Values, places: Indices) -> Callable[[int], Values]:
    """cells[places + offset]; without copying where the places are evenly spaced."""
    steps = np.diff(places)
    if len(places) > 1 and bool((steps == steps[0]).all()):
        first, step, count = int(places[0]), int(steps[0]), len(places)
        return lambda offset: cells[first + offset : first + offset + (count - 1) * step + 1 : step]
    return lambda offset: cells[places + offset]


def _extremes(cells: Values, places: Indices, width: int, how: str) -> Values:
    """By doubling: the extreme of 2, 4, 8... cells, then of two of those that overlap."""
    join = np.fmin if how == "min" else np.fmax
    found, length = cells, 1
    while length * 2 <= width:
        found = join(found[:-length], found[length:])
        length *= 2
    return join(found[places], found[places + width - length])


def any_in_windows(flags: Flags, places: Indices, width: int) -> Flags:
    """Whether any of flags[place : place + width] is set."""
    so_far = np.concatenate(([0], np.cumsum(flags)))
    return so_far[places + width] > so_far[places]


def rows_reduced(rows: Sequence[Values], how: str, size: int) -> Values:
    """The aggregate over the rows of each window, a column each; NaN where there is none."""
    return reduced(rows, how) if rows else np.full(size, np.nan)
