"""Which groups behave unlike the others in a window. Pure; an approximation of `outliers()`.

DBSCAN: each group's line is a point; groups closer than the tolerance times the median distance to the median line are
neighbours; who is not in the largest cluster is an outlier. MAD: a group is an outlier when more of its points than the
given percentage lie further from the median of all points than the tolerance times the median absolute deviation.
The scaled forms divide by the size of the median line first. Source of the families: Datadog documentation, "Outlier
monitor".
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from watchkeeper.query.lines import Group
from watchkeeper.query.reduction import median
from watchkeeper.query.settings import OutlierSettings

_FEWEST_GROUPS: Final = 3
_DEFAULT_PERCENTAGE: Final = 20.0


def outlying(lines: Mapping[Group, Sequence[float]], settings: OutlierSettings) -> dict[Group, float]:
    """1.0 for each outlier and 0.0 for every other group; with fewer than three groups there is none."""
    groups = list(lines)
    if len(groups) < _FEWEST_GROUPS:
        return dict.fromkeys(groups, 0.0)
    columns = [column for column in zip(*lines.values(), strict=True) if not any(map(math.isnan, column))]
    if not columns:
        return dict.fromkeys(groups, 0.0)
    rows = [list(row) for row in zip(*columns, strict=True)]
    algorithm = settings.algorithm.lower()
    if algorithm.startswith("scaled"):
        middle = [median(column) for column in columns]
        size = sum(map(abs, middle)) / len(middle) or 1.0
        rows = [[value / size for value in row] for row in rows]
    if algorithm.endswith("mad"):
        flags = _far_from_the_median(rows, settings)
    else:
        flags = _outside_of_the_largest_cluster(rows, settings.tolerance)
    return {group: float(flag) for group, flag in zip(groups, flags, strict=True)}


def _far_from_the_median(rows: Sequence[Sequence[float]], settings: OutlierSettings) -> list[bool]:
    points = [value for row in rows for value in row]
    centre = median(points)
    room = settings.tolerance * median([abs(value - centre) for value in points])
    share = settings.percentage if settings.percentage is not None else _DEFAULT_PERCENTAGE
    return [100 * sum(abs(value - centre) > room for value in row) / len(row) > share for row in rows]


def _outside_of_the_largest_cluster(rows: Sequence[Sequence[float]], tolerance: float) -> list[bool]:
    middle = [median(column) for column in zip(*rows, strict=True)]
    reach = tolerance * median([math.dist(row, middle) for row in rows])
    near = [[other for other, b in enumerate(rows) if math.dist(a, b) <= reach] for a in rows]
    # As many neighbours as make a majority impossible to miss: half of the groups are a dense core.
    fewest = min(_FEWEST_GROUPS, len(rows) // 2 + 1)
    cluster = [-1] * len(rows)
    for first in range(len(rows)):
        if cluster[first] >= 0 or len(near[first]) < fewest:
            continue
        waiting = [first]
        while waiting:
            at = waiting.pop()
            if cluster[at] >= 0:
                continue
            cluster[at] = first
            if len(near[at]) >= fewest:
                waiting.extend(near[at])
    clustered = [each for each in cluster if each >= 0]
    largest = max(clustered, key=clustered.count, default=-1)
    return [largest >= 0 and each != largest for each in cluster]
