"""Axes: which numbers and which times are written at them. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

_DAY_S: Final = 86_400
_DATES_FROM_S: Final = 3 * _DAY_S
_TIME_STEPS: Final = (
    60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scale:
    """From a value to a place: low at first, high at last."""

    low: float
    high: float
    first: float
    last: float

    def __call__(self, value: float) -> float:
        """The place of a value."""
        return self.first + (value - self.low) / (self.high - self.low) * (self.last - self.first)


def number_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers that span [low, high]: steps of 1, 2 or 5 times a power of ten."""
    if high <= low:
        high = low + 1
    raw = (high - low) / about
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def time_ticks(start: int, end: int, most: int = 8) -> list[int]:
    """Full minutes, hours or days in [start, end], at most so many."""
    step = next((each for each in _TIME_STEPS if (end - start) / each <= most), _TIME_STEPS[-1])
    return list(range(start + -start % step, end + 1, step))


def clock(at: int) -> str:
    """`18:41`, UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M")


def tick_name(at: int, span_s: int) -> str:
    """The name of a tick on an axis of so many seconds: the clock, from three days on the date of midnight, UTC."""
    is_clock = span_s < _DATES_FROM_S or at % _DAY_S
    return clock(at) if is_clock else datetime.fromtimestamp(at, UTC).strftime("%-d %b")


def number(value: float) -> str:
    """Short, with k and M."""
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= limit * 10 or (abs(value) >= limit and value % (limit / 10) == 0):
            return f"{value / limit:g}{letter}"
    return f"{value:.4g}"


def bounds(values: Sequence[float], limits: Sequence[float]) -> tuple[float, float]:
    """The axis of a chart: from zero where nothing is negative; a threshold shows unless it would flatten the lines."""
    high = max(values, default=1.0)
    low = min(0.0, min(values, default=0.0))
    for limit in limits:
        if limit <= high * 4 or high == 0:
            high = max(high, limit * 1.1)
    return low, high if high > low else low + 1
