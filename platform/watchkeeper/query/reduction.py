"""Many values as one: what a bucket, a group and a window make of what is in them. Missing values are NaN.

Sums run from left to right, so that the vectorised form can do the very same additions.
Source: Datadog documentation, "Rollup" and "Distributions", read 2026-11.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

NAN: Final = math.nan


def total(values: Sequence[float]) -> float:
    """The sum, added in order."""
    found = 0.0
    for value in values:
        found += value
    return found


def mean(values: Sequence[float]) -> float:
    """The average."""
    return total(values) / len(values)


def deviation(values: Sequence[float]) -> float:
    """The standard deviation of all values."""
    centre = mean(values)
    return math.sqrt(total([(value - centre) * (value - centre) for value in values]) / len(values))


def median(values: Sequence[float]) -> float:
    """The middle one, or the mean of the two in the middle."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which `percent` of the others lie: of two neighbours the lower one, as sketches give it."""
    ordered = sorted(values)
    return ordered[math.floor(percent / 100 * (len(ordered) - 1))]


AGGREGATES: Final[Mapping[str, Callable[[Sequence[float]], float]]] = MappingProxyType(
    {
        "avg": mean,
        "sum": total,
        "min": min,
        "max": max,
        "count": lambda values: float(len(values)),
        "median": median,
        "stddev": deviation,
    }
)
"""By name; each takes one value or more, none of them missing."""


def percent_of(aggregator: str) -> float | None:
    """95.0 for `p95`; None for every other word."""
    text = aggregator[1:]
    return float(text) if aggregator[:1] == "p" and text.replace(".", "", 1).isdigit() else None


def aggregate(how: str, values: Sequence[float]) -> float:
    """What `how` makes of the values that are there; NaN where none is. Raises KeyError for an unknown word."""
    present = [value for value in values if not math.isnan(value)]
    if not present:
        return NAN
    percent = percent_of(how)
    return AGGREGATES[how](present) if percent is None else percentile(present, percent)
