"""What a function makes of one line. Missing points are NaN; a function that looks back sees the window only.

Source: Datadog documentation, "Functions" (arithmetic, exclusion, rate, smoothing, rollup); read 2026-11.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from watchkeeper.query.lines import Line
from watchkeeper.query.reduction import NAN, aggregate, median
from watchkeeper.query.rollup import RollupArguments

PointFunction = Callable[[float, tuple[float, ...]], float]
"""A value that is there, and the numbers among the arguments, to a value."""


def _log(log: Callable[[float], float]) -> PointFunction:
    return lambda value, _numbers: log(value) if value > 0 else NAN


POINTWISE: Final[Mapping[str, PointFunction]] = MappingProxyType(
    {
        "abs": lambda value, _numbers: abs(value),
        "log2": _log(math.log2),
        "log10": _log(math.log10),
        "round": lambda value, numbers: float(round(value, int(numbers[0]) if numbers else 0)),
        "clamp_min": lambda value, numbers: max(value, numbers[0]),
        "clamp_max": lambda value, numbers: min(value, numbers[0]),
        "cutoff_min": lambda value, numbers: value if value >= numbers[0] else NAN,
        "cutoff_max": lambda value, numbers: value if value <= numbers[0] else NAN,
        "exclude_null": lambda value, _numbers: value,
    }
)
"""Functions of one point."""
DEFAULTS: Final[Mapping[str, float | None]] = MappingProxyType({"default_zero": 0.0, "default": None})
"""Functions that put a number where a line has none; None where the argument says which."""


def default_of(name: str, numbers: tuple[float, ...]) -> float:
    """The number that stands for a missing value."""
    fixed = DEFAULTS[name]
    return numbers[0] if fixed is None else fixed


def _steps(line: Line) -> Iterator[tuple[int, float, int]]:
    """For each point with one before it: its index, the difference, the seconds between them."""
    last: int | None = None
    for index, value in enumerate(line.values):
        if not math.isnan(value):
            if last is not None:
                yield index, value - line.values[last], line.labels[index] - line.labels[last]
            last = index


def _from_steps(change: Callable[[float, int], float]) -> Callable[[Line], list[float]]:
    def apply(line: Line) -> list[float]:
        found = [NAN] * len(line.values)
        for index, difference, seconds in _steps(line):
            found[index] = change(difference, seconds)
        return found

    return apply


def _growth(per_s: int) -> Callable[[Line], list[float]]:
    return _from_steps(lambda difference, seconds: difference / seconds * per_s if difference >= 0 else NAN)


def _cumsum(line: Line) -> list[float]:
    sum_so_far, found = 0.0, []
    for value in line.values:
        sum_so_far = sum_so_far if math.isnan(value) else sum_so_far + value
        found.append(NAN if math.isnan(value) else sum_so_far)
    return found


def _integral(line: Line) -> list[float]:
    found = [NAN] * len(line.values)
    area = 0.0
    for index, _, seconds in _steps(line):
        area += seconds * line.values[index]
        found[index] = area
    return found


def _ewma(span: int) -> Callable[[Line], list[float]]:
    weight = 2 / (span + 1)

    def apply(line: Line) -> list[float]:
        level, found = NAN, []
        for value in line.values:
            if not math.isnan(value):
                level = value if math.isnan(level) else weight * value + (1 - weight) * level
            found.append(NAN if math.isnan(value) else level)
        return found

    return apply


def _rolling_median(count: int) -> Callable[[Line], list[float]]:
    def apply(line: Line) -> list[float]:
        seen: list[float] = []
        found = []
        for value in line.values:
            if math.isnan(value):
                found.append(NAN)
            else:
                seen = [*seen, value][-count:]
                found.append(median(seen))
        return found

    return apply


LOOKING_BACK: Final[Mapping[str, Callable[[Line], list[float]]]] = MappingProxyType(
    {
        "diff": _from_steps(lambda difference, _seconds: difference),
        "dt": _from_steps(lambda _difference, seconds: float(seconds)),
        "derivative": _from_steps(lambda difference, seconds: difference / seconds),
        "rate": _from_steps(lambda difference, seconds: difference / seconds),
        "monotonic_diff": _from_steps(lambda difference, _seconds: difference if difference >= 0 else NAN),
        "per_second": _growth(1),
        "per_minute": _growth(60),
        "per_hour": _growth(3600),
        "throughput": lambda line: [value / line.step_s for value in line.values],
        "cumsum": _cumsum,
        "integral": _integral,
        **{f"ewma_{span}": _ewma(span) for span in (3, 5, 7, 10, 20)},
        **{f"median_{count}": _rolling_median(count) for count in (3, 5, 7, 9)},
    }
)
"""Functions of a line as a whole, without arguments."""


def moving_rollup(line: Line, seconds: int, how: str) -> list[float]:
    """The aggregate over the seconds that end with each point's bucket."""
    found = []
    for index, label in enumerate(line.labels):
        window = [v for at, v in zip(line.labels[: index + 1], line.values, strict=False) if at > label - seconds]
        found.append(aggregate(how, window))
    return found


def rolled_up_again(line: Line, asked: RollupArguments) -> Line:
    """A second layer of time aggregation, in buckets on multiples of the interval since the epoch."""
    assert asked.interval_s is not None
    pieces: dict[int, list[float]] = {}
    for label, value in zip(line.labels, line.values, strict=True):
        pieces.setdefault(asked.begin_of(label), []).append(value)
    how = asked.named or "avg"
    return Line(list(pieces), [aggregate(how, piece) for piece in pieces.values()], asked.interval_s)


def ranked(line: Line, method: str) -> float:
    """By what a line is ranked among others, and what `reduce` makes of it; NaN where it has no value."""
    present = [value for value in line.values if not math.isnan(value)]
    if not present:
        return NAN
    match method:
        case "last":
            return present[-1]
        case "l2norm":
            return math.sqrt(sum(value * value for value in present))
        case "area":
            return sum(abs(value) for value in present) * line.step_s
        case "mean":
            return aggregate("avg", present)
        case _:
            return aggregate(method, present)


def least_squares(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope and level of the straight line with the least squares; a level one through fewer than two points."""
    if not points:
        return 0.0, NAN
    centre_x = sum(x for x, _ in points) / len(points)
    centre_y = sum(y for _, y in points) / len(points)
    spread = sum((x - centre_x) ** 2 for x, _ in points)
    slope = sum((x - centre_x) * (y - centre_y) for x, y in points) / spread if spread else 0.0
    return slope, centre_y - slope * centre_x


def theil_sen(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope and level of the line through the medians of all slopes: a few wild points do not move it."""
    slopes = [(y2 - y1) / (x2 - x1) for i, (x1, y1) in enumerate(points) for x2, y2 in points[i + 1 :] if x2 != x1]
    if not slopes:
        return least_squares(points)
    slope = median(slopes)
    return slope, median([y - slope * x for x, y in points])
