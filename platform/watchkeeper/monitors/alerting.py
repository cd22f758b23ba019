"""One monitor at one instant: the query evaluated, every group's state moved on.

The sandbox, unit tests and backtests call this and nothing else, so that they agree by construction.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from watchkeeper.monitors.state import SEVERITY, GroupState, Rules, State, Transition, next_state, rules_of
from watchkeeper.query.ast import group_keys
from watchkeeper.query.evaluate import Evaluation, Group, evaluate, is_count_query
from watchkeeper.query.forms import MonitorQuery
from watchkeeper.query.parser import parse_monitor_query
from watchkeeper.query.series import SeriesSource

FORGET_AFTER_S: Final = 24 * 3600
"""A group that has been silent for so long leaves the monitor."""
_DAY_S: Final = 86_400


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


@lru_cache(maxsize=4096)
def _parsed(query: str, monitor_type: str) -> MonitorQuery:
    return parse_monitor_query(query, monitor_type)


def parsed_query(definition: Mapping[str, Any]) -> MonitorQuery:
    """The query of a monitor's JSON. Raises QuerySyntaxError."""
    return _parsed(str(definition["query"]), str(definition.get("type", "query alert")))


def monitor_rules(definition: Mapping[str, Any]) -> Rules:
    """How a monitor's JSON moves between its states. Raises QuerySyntaxError."""
    query = parsed_query(definition)
    return rules_of(definition, query.comparator, query.threshold, counts=is_count_query(query))


def evaluation_interval_s(window_s: int) -> int:
    """How often Datadog evaluates: every minute, every 10 from a day's window on, every 30 from two days' on."""
    if window_s >= 2 * _DAY_S:
        return 1800
    return 600 if window_s >= _DAY_S else 60


def run_monitor(
    definition: Mapping[str, Any], memory: MonitorMemory, source: SeriesSource, at: int
) -> tuple[MonitorMemory, tuple[Transition, ...]]:
    """Evaluate at `at` (Unix seconds). definition: Datadog's JSON. Raises QuerySyntaxError."""
    query = parsed_query(definition)
    if at % evaluation_interval_s(query.window_s):
        return memory, ()
    delay_s = int((definition.get("options") or {}).get("evaluation_delay") or 0)
    rules = monitor_rules(definition)
    found = evaluate(query, source, at, delay_s=delay_s)
    nothing = Evaluation(None)
    groups: dict[Group, GroupState] = {}
    transitions = []
    for group in sorted({*found, *memory.groups}):
        before = memory.groups.get(group, GroupState())
        if group_keys(query.expression) and _is_gone(before, group in found, at):
            continue
        groups[group], transition = next_state(rules, before, found.get(group, nothing), at, group)
        if transition is not None:
            transitions.append(transition)
    return MonitorMemory(MappingProxyType(groups)), tuple(transitions)


def _is_gone(state: GroupState, has_data: bool, at: int) -> bool:  # noqa: FBT001 - read beside its name
    last = state.last_data or state.first_seen
    return not has_data and last is not None and at - last >= FORGET_AFTER_S
