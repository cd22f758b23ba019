"""When the tests of alerts on objectives begin, and what they compare."""

from collections.abc import Sequence
from typing import Final

from watchkeeper.monitors.state import Transition

START: Final = 1_764_000_000 - 1_764_000_000 % 1800
"""On a half hour, at which alerts with long windows are evaluated."""


def brief(transitions: Sequence[Transition]) -> list[tuple[int, str, float | None]]:
    """Minute, state and value of each."""
    return [
        ((each.at - START) // 60, each.current, None if each.value is None else round(each.value, 3))
        for each in transitions
    ]
