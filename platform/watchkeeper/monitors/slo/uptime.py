"""When something was down: what objectives on monitors and on slices of time are measured by. Pure.

Of several monitors or groups one that is down is enough. Source: Datadog documentation, "Monitor-based SLOs" (status
calculation) and "Time Slice SLOs" (groups and overall uptime), read 2026-11.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from watchkeeper.query.evaluate import Group

if TYPE_CHECKING:
    from watchkeeper.monitors.state import GroupState

Span = tuple[int, int]
"""[start, end) in Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """What is known of the past. downs: ascending, apart from each other. until: when that was last looked at.

    is_down: whether it has been down since then. Before the first look everything is taken as up.
    """

    downs: tuple[Span, ...] = ()
    until: int | None = None
    is_down: bool = False

    def seen(self, at: int, *, is_down: bool) -> "Uptime":
        """With a look at an instant: what was seen before has lasted until now."""
        lasted = self.is_down and self.until is not None and self.until < at
        downs = joined((*self.downs, (self.until or 0, at))) if lasted else self.downs
        return replace(self, downs=downs, until=at, is_down=is_down)

    def after(self, instant: int) -> "Uptime":
        """Without what was over by then."""
        return replace(self, downs=tuple(down for down in self.downs if down[1] > instant))

    def down_s(self, start: int, end: int) -> int:
        """Seconds of [start, end) that it was down."""
        return sum(max(0, min(end, stop) - max(start, begin)) for begin, stop in self.downs)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans as one ascending sequence, those that touch or overlap as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def is_counted(group: Group, groups: Collection[frozenset[str]]) -> bool:
    """Whether an objective that names groups looks at this one; one that names none looks at all."""
    return not groups or frozenset(group) in groups


def is_down(states: Mapping[Group, "GroupState"], groups: Collection[frozenset[str]]) -> bool:
    """Whether any group of a monitor counts as downtime: it alerts, or lacks data and people are told of it.

    A monitor that ignores missing data does not go down by it, and a warning is no downtime.
    """
    return any(
        state.state == "Alert" or state.state == "No Data" == state.notified
        for group, state in states.items()
        if is_counted(group, groups)
    )
