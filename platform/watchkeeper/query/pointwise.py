"""The functions that are evaluated, point by point, on one series. The rest of Datadog's list comes with its own issue.

Source: Datadog documentation, "Functions" (arithmetic, interpolation, exclusion), read 2026-11.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

NAN: Final = math.nan


@dataclass(frozen=True, slots=True)
class Function:
    """arguments: how many follow the query. apply: values of consecutive buckets (NaN is missing) to new values."""

    arguments: int
    apply: Callable[[Sequence[float], Sequence[str]], list[float]]


def _each(change: Callable[[float], float]) -> Function:
    def apply(values: Sequence[float], _arguments: Sequence[str]) -> list[float]:
        return [value if math.isnan(value) else change(value) for value in values]

    return Function(0, apply)


def _bounded(change: Callable[[float, float], float]) -> Function:
    def apply(values: Sequence[float], arguments: Sequence[str]) -> list[float]:
        bound = float(arguments[0])
        return [value if math.isnan(value) else change(value, bound) for value in values]

    return Function(1, apply)


def _filled(values: Sequence[float], default: float) -> list[float]:
    return [default if math.isnan(value) else value for value in values]


FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType(
    {
        "abs": _each(abs),
        "log2": _each(lambda value: math.log2(value) if value > 0 else NAN),
        "log10": _each(lambda value: math.log10(value) if value > 0 else NAN),
        "round": _each(lambda value: float(round(value))),
        "clamp_min": _bounded(max),
        "clamp_max": _bounded(min),
        "cutoff_min": _bounded(lambda value, bound: value if value >= bound else NAN),
        "cutoff_max": _bounded(lambda value, bound: value if value <= bound else NAN),
        "default_zero": Function(0, lambda values, _arguments: _filled(values, 0.0)),
        "default": Function(1, lambda values, arguments: _filled(values, float(arguments[0]))),
        "exclude_null": Function(0, lambda values, _arguments: list(values)),
    }
)
