"""Aurora Serverless v2: its capacity, and how many connections that carries. Pure.

Source of the connections: AWS re:Post, "Working of max_connections for Amazon Aurora PostgreSQL Serverless" (read
2026-11): 189 at a largest capacity of 1 ACU, 3,360 at 16, 5,000 at 32 and above; 2,000 at most where the smallest
capacity is half a unit or none. Between these points we draw a line, as memory grows with capacity.
"""

from dataclasses import dataclass
from typing import Final

_OF_FIRST_ACU: Final = 189
_PER_FURTHER_ACU: Final = (3360 - 189) / 15
_MOST: Final = 5000
_MOST_OF_SMALL: Final = 2000
_SMALL_ACU: Final = 0.5
_LARGEST: Final = 256
_SHORTEST_PAUSE_S: Final = 300
_LONGEST_PAUSE_S: Final = 86_400


def max_connections(min_acu: float, max_acu: float) -> int:
    """The default of `max_connections` of each instance; max_acu: 1 or more."""
    most = _MOST_OF_SMALL if min_acu <= _SMALL_ACU else _MOST
    return min(most, int(_OF_FIRST_ACU + (max_acu - 1) * _PER_FURTHER_ACU))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerlessCapacity:
    """Between which capacities a cluster scales, in ACU. auto_pause_s: idle time after which it pauses at 0 ACU."""

    min_acu: float
    max_acu: float
    auto_pause_s: int = 300


def capacity_problems(capacity: ServerlessCapacity) -> list[str]:
    """What Aurora would refuse, each as a sentence.

    Source: RDS API reference, ServerlessV2ScalingConfiguration: 0 to 256 in steps of a half, the largest at least 1;
    pause after 300 to 86,400 seconds.
    """
    found = []
    for name, value in (("min_acu", capacity.min_acu), ("max_acu", capacity.max_acu)):
        if not 0 <= value <= _LARGEST or value * 2 != int(value * 2):
            found.append(f"{name} {value:g} is not one of 0, 0.5, 1 to {_LARGEST} in steps of a half")
    if capacity.max_acu < 1:
        found.append(f"max_acu {capacity.max_acu:g} is less than 1")
    if capacity.min_acu > capacity.max_acu:
        found.append(f"min_acu {capacity.min_acu:g} is larger than max_acu {capacity.max_acu:g}")
    if capacity.min_acu == 0 and not _SHORTEST_PAUSE_S <= capacity.auto_pause_s <= _LONGEST_PAUSE_S:
        found.append(f"auto_pause_s {capacity.auto_pause_s} is not {_SHORTEST_PAUSE_S} to {_LONGEST_PAUSE_S}")
    return found
