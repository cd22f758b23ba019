"""Demand on a service: requests per second for every minute, generated or from a recorded trace. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Annotated, Final

from annotated_types import Ge, Gt

from watchkeeper.autoscaling.trace import Trace
from watchkeeper.project.validate import STRICT

MINUTE: Final = 60
DAY: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class FlashCrowd:
    """Everybody comes at once. at_m: minutes after the start. factor: times the demand of that moment."""

    __pydantic_config__ = STRICT

    at_m: Annotated[int, Ge(0)]
    factor: Annotated[float, Gt(1)]
    ramp_m: Annotated[int, Ge(1)] = 4
    hold_m: Annotated[int, Ge(1)] = 25
    fall_m: Annotated[int, Ge(1)] = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedDay:
    """A working day: low at night, high in the afternoon, some noise, one flash crowd. Rates in requests per second."""

    __pydantic_config__ = STRICT

    night_rps: Annotated[float, Ge(0)]
    peak_rps: Annotated[float, Gt(0)]
    peak_hour: Annotated[float, Ge(0)] = 14.0
    noise: Annotated[float, Ge(0)] = 0.04
    flash_crowd: FlashCrowd | None = None


def generate_day(shape: GeneratedDay, minutes: int, start: int, rng: Random) -> list[float]:
    """Requests per second for each minute from `start` (Unix seconds); same generator state, same day."""
    demand = []
    for minute in range(minutes):
        hour = ((start + minute * MINUTE) % DAY) / 3600
        wave = (1 + math.cos((hour - shape.peak_hour) / 24 * 2 * math.pi)) / 2
        level = shape.night_rps + (shape.peak_rps - shape.night_rps) * wave**1.5
        demand.append(max(0.0, level * _crowd(shape.flash_crowd, minute) * (1 + rng.gauss(0, shape.noise))))
    return demand


def _crowd(crowd: FlashCrowd | None, minute: int) -> float:
    """The factor of a flash crowd at a minute: up, stay, down."""
    if crowd is None:
        return 1.0
    since = minute - crowd.at_m
    extra = crowd.factor - 1
    if 0 <= since < crowd.ramp_m:
        return 1 + extra * (since + 1) / crowd.ramp_m
    if 0 <= since < crowd.ramp_m + crowd.hold_m:
        return crowd.factor
    falling = since - crowd.ramp_m - crowd.hold_m
    if 0 <= falling < crowd.fall_m:
        return 1 + extra * (1 - (falling + 1) / crowd.fall_m)
    return 1.0


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a trace, and how it was scaled. rps: for each minute. factor: requests per second of one unit."""

    start: int
    rps: Sequence[float]
    factor: float


def day_around_maximum(trace: Trace) -> tuple[int, int]:
    """The 24 hours around the largest value, kept inside the trace; Unix seconds."""
    top = max(trace.points, key=lambda point: point[1])[0]
    begin = max(trace.start, min(top - DAY // 2, trace.end - DAY))
    begin -= begin % MINUTE
    return begin, min(begin + DAY, trace.end)


def cut_trace(trace: Trace, begin: int, end: int, peak_rps: float) -> Window:
    """The trace between two instants as requests per second a minute, scaled linearly so that its maximum is peak_rps.

    A trace finer than a minute is averaged; where the recording has a hole, there is no traffic.
    Raises ValueError when the period holds no values, or none above zero.
    """
    values = [point for point in trace.points if begin - trace.step_s < point[0] < end]
    if not values:
        raise ValueError("the period holds no values")
    by_minute = _averages(values, begin, end) if trace.step_s < MINUTE else _held(values, begin, end, trace.step_s)
    top = max(by_minute, default=0.0)
    if top <= 0:
        raise ValueError("the period holds no traffic")
    factor = peak_rps / top
    return Window(begin, [value * factor for value in by_minute], factor)


def _averages(values: Sequence[tuple[int, float]], begin: int, end: int) -> list[float]:
    sums: dict[int, list[float]] = {}
    for stamp, value in values:
        sums.setdefault((stamp - begin) // MINUTE, []).append(value)
    minutes = range(max(1, (end - begin) // MINUTE))
    return [sum(sums[minute]) / len(sums[minute]) if minute in sums else 0.0 for minute in minutes]


def _held(values: Sequence[tuple[int, float]], begin: int, end: int, step_s: int) -> list[float]:
    found = []
    index = 0
    for at in range(begin, end, MINUTE):
        while index + 1 < len(values) and values[index + 1][0] <= at:
            index += 1
        stamp, value = values[index]
        found.append(value if stamp <= at < stamp + 2 * step_s else 0.0)
    return found


def moved_by_weeks(start: int, to: int) -> int:
    """The latest instant not after `to` that has the weekday and hour of `start`; both in Unix seconds.

    A recorded week is replayed in the present: schedules of today cover it, mornings stay mornings.
    """
    week = 7 * DAY
    return start + (to - start) // week * week


def shares(total: Sequence[float], parts: Mapping[str, float]) -> dict[str, list[float]]:
    """One demand for each service: its share of the total."""
    return {service: [rps * share for rps in total] for service, share in parts.items()}
