"""Lines that Datadog fits by rules it does not publish: `autosmooth` and `piecewise_constant`. Pure; approximations.

autosmooth: the moving average whose span makes the line smoothest while what stands out of it still does (ASAP: Rong
and Bailis, "Prioritizing Attention in Time Series", 2017). piecewise_constant: the means between jumps; a jump is where
two means leave so much less behind than one that chance would not (the penalty of the Bayesian information criterion).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from watchkeeper.query.lines import Line
from watchkeeper.query.reduction import NAN, mean, median, total

_MAD_TO_SIGMA: Final = 1.4826
_FEWEST_POINTS: Final = 4
_SHARE_OF_A_SPAN: Final = 10
_NEGLIGIBLE: Final = 1e-9
"""Of the squares of a line: less is the error of its arithmetic."""


def autosmoothed(line: Line) -> list[float]:
    """The moving average over the last points, as many as make it smooth and at most a tenth of the line."""
    known = [value for value in line.values if not math.isnan(value)]
    return moving_average(line.values, best_span(known))


def best_span(values: Sequence[float]) -> int:
    """How many points the smoothest average covers that keeps the tails of the distribution."""
    if len(values) < _FEWEST_POINTS:
        return 1
    best, least, tails = 1, _roughness(values), _kurtosis(values)
    for span in range(2, max(2, len(values) // _SHARE_OF_A_SPAN) + 1):
        smooth = moving_average(values, span)[span - 1 :]
        roughness = _roughness(smooth)
        if roughness < least and _kurtosis(smooth) >= tails:
            best, least = span, roughness
    return best


def moving_average(values: Sequence[float], span: int) -> list[float]:
    """The mean of the last points that have a value, where there is one."""
    recent: list[float] = []
    found = []
    for value in values:
        if math.isnan(value):
            found.append(NAN)
        else:
            recent = [*recent, value][-span:]
            found.append(mean(recent))
    return found


def _roughness(values: Sequence[float]) -> float:
    steps = [after - before for before, after in pairwise(values)]
    return math.sqrt(_squares(steps) / len(steps)) if steps else 0.0


def _kurtosis(values: Sequence[float]) -> float:
    spread = _squares(values) / len(values)
    centre = mean(values)
    fourth = total([(value - centre) ** 4 for value in values]) / len(values)
    return fourth / (spread * spread) if spread > 0 else 0.0


def piecewise_constant(line: Line) -> list[float]:
    """The mean of the piece to which each point belongs; points without a value belong to theirs as well."""
    known = [index for index, value in enumerate(line.values) if not math.isnan(value)]
    if not known:
        return list(line.values)
    values = [line.values[index] for index in known]
    centre = mean(values)
    found: list[float] = []
    for first, last in _pieces([value - centre for value in values]):
        until = known[last] if last < len(values) else len(line.values)
        found += [mean(values[first:last])] * (until - len(found))
    return found


def _pieces(values: Sequence[float]) -> list[tuple[int, int]]:
    """[first, last) of each piece, from left to right. values: without their mean, to lose no digits."""
    steps = [after - before for before, after in pairwise(values)]
    # Of neighbours, so that jumps do not count; the difference of two has twice their variance.
    sigma = _MAD_TO_SIGMA * median([abs(step) for step in steps]) / math.sqrt(2) if steps else 0.0
    penalty = max(2 * sigma * sigma * math.log(max(2, len(values))), _NEGLIGIBLE * _squares(values))
    found, waiting = [], [(0, len(values))]
    while waiting:
        first, last = waiting.pop()
        cut, gain = _best_cut(values, first, last)
        if gain > penalty:
            waiting += [(first, cut), (cut, last)]
        else:
            found.append((first, last))
    return sorted(found)


def _best_cut(values: Sequence[float], first: int, last: int) -> tuple[int, float]:
    """Where two means leave least behind, and how much less than one mean does."""
    length, whole = last - first, total(values[first:last])
    best, gain, left = first, 0.0, 0.0
    for cut in range(first + 1, last):
        left += values[cut - 1]
        count, right = cut - first, whole - left
        gained = left * left / count + right * right / (length - count) - whole * whole / length
        if gained > gain:
            best, gain = cut, gained
    return best, gain


def _squares(values: Sequence[float]) -> float:
    if not values:
        return 0.0
    centre = mean(values)
    return total([(value - centre) * (value - centre) for value in values])


FITTED: Final[Mapping[str, Callable[[Line], list[float]]]] = MappingProxyType(
    {"autosmooth": autosmoothed, "piecewise_constant": piecewise_constant}
)
"""By name."""
