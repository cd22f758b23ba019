"""What a monitor remembers between two evaluations."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any

from watchkeeper.monitors.slo.uptime import Uptime
from watchkeeper.monitors.state import SEVERITY, GroupState, State
from watchkeeper.query.evaluate import Group


@dataclass(frozen=True, slots=True)
class MonitorMemory:
    """The groups of a monitor between two evaluations. bundles: groups of groups, of which people are told together.

    uptime: of an alert on an objective that measures time.
    """

    groups: Mapping[Group, GroupState] = field(default_factory=lambda: MappingProxyType({}))
    bundles: Mapping[Group, GroupState] = field(default_factory=lambda: MappingProxyType({}))
    uptime: Uptime | None = None

    @property
    def overall(self) -> State:
        """The worst state of any group; a monitor that has seen nothing has no data."""
        states = [group.state for group in self.groups.values()]
        return max(states, key=SEVERITY.__getitem__) if states else "No Data"

    def to_json(self) -> list[dict[str, Any]]:
        """JSON values, one object a group and one a bundle, and one of the past that an objective looks back at."""
        records = [
            {"group": list(group), "is_bundle": is_bundle, **asdict(state)}
            for is_bundle, states in ((False, self.groups), (True, self.bundles))
            for group, state in sorted(states.items())
        ]
        return records if self.uptime is None else [*records, {"uptime": asdict(self.uptime)}]


def memory_from_json(records: list[dict[str, Any]]) -> MonitorMemory:
    """The memory that `to_json` gave."""
    found: tuple[dict[Group, GroupState], dict[Group, GroupState]] = ({}, {})
    uptime: Uptime | None = None
    for record in records:
        if "uptime" in record:
            given = record["uptime"]
            uptime = Uptime(**{**given, "downs": tuple((start, end) for start, end in given["downs"])})
            continue
        values = dict(record)
        group, is_bundle = tuple(values.pop("group")), bool(values.pop("is_bundle", False))
        found[is_bundle][group] = GroupState(**values)
    return MonitorMemory(MappingProxyType(found[0]), MappingProxyType(found[1]), uptime)
