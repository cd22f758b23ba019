"""What a monitor remembers between two evaluations."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from watchkeeper.monitors.state import SEVERITY, GroupState, State
from watchkeeper.query.evaluate import Group


@dataclass(frozen=True, slots=True)
class MonitorMemory:
    """The groups of a monitor between two evaluations."""

    groups: Mapping[Group, GroupState] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def overall(self) -> State:
        """The worst state of any group; a monitor that has seen nothing has no data."""
        states = [group.state for group in self.groups.values()]
        return max(states, key=SEVERITY.__getitem__) if states else "No Data"

    def to_json(self) -> list[dict[str, Any]]:
        """JSON values, one object a group."""
        return [{"group": list(group), **asdict(state)} for group, state in sorted(self.groups.items())]


def memory_from_json(records: list[dict[str, Any]]) -> MonitorMemory:
    """The memory that `to_json` gave."""
    groups = {}
    for record in records:
        values = dict(record)
        group = tuple(values.pop("group"))
        groups[group] = GroupState(**values)
    return MonitorMemory(MappingProxyType(groups))
