"""Aurora Serverless v2: how many connections its capacity carries. Pure.

Source: Aurora user guide, "Maximum connections for Aurora Serverless v2" (not looked up again here): about 189 for the
first capacity unit and a little more for each further one, 5,000 at most; 2,000 at most where the smallest capacity is
half a unit or none. Which of the two capacities counts is the largest.
"""

from typing import Final

_PER_ACU: Final = 189
_MOST: Final = 5000
_MOST_OF_SMALL: Final = 2000
_SMALL_ACU: Final = 0.5


def max_connections(min_acu: float, max_acu: float) -> int:
    """The default of `max_connections` of each instance, on the low side."""
    most = _MOST_OF_SMALL if min_acu <= _SMALL_ACU else _MOST
    return min(most, int(max_acu * _PER_ACU))
