"""Composite monitors: the state that the states of other monitors make. Pure.

Source: Datadog documentation, "Composite Monitor" (severities, the table of 16 rows, common reporting sources); read
2026-11.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from watchkeeper.monitors.downtime import Muting
from watchkeeper.monitors.memory import MonitorMemory
from watchkeeper.monitors.rules import Rules, State, renotify_rules
from watchkeeper.monitors.state import GroupState, Transition, enter_state
from watchkeeper.query.evaluate import Group
from watchkeeper.query.forms import Both, CompositeQuery, Condition, Either, Member, MemberId, NoneOf
from watchkeeper.query.visit import members_of

_SEVERITY: Final[Mapping[State, int]] = MappingProxyType({"OK": 1, "No Data": 2, "Warn": 3, "Alert": 4})
"""Of a composite: here No Data is worse than OK and alert-worthy."""
_INTERVAL_S: Final = 60


def combined_state(condition: Condition, members: Mapping[MemberId, State]) -> State:
    """The state of a condition over the states of its members, as it names them. Raises KeyError for another one."""
    match condition:
        case Member(monitor=monitor):
            return members[monitor]
        case NoneOf(operand=operand):
            state = combined_state(operand, members)
            if state == "No Data":
                return "No Data"
            return "Alert" if state == "OK" else "OK"
        case Both(left=left, right=right):
            both = (combined_state(left, members), combined_state(right, members))
            # Alert-worthy only when both are; OK is the least severe of all.
            return min(both, key=_SEVERITY.__getitem__)
        case Either(left=left, right=right):
            return max(combined_state(left, members), combined_state(right, members), key=_SEVERITY.__getitem__)


def composite_state(
    condition: Condition, members: Mapping[MemberId, State], before: State, *, notifies_no_data: bool
) -> State:
    """The next state; a composite that does not notify No Data keeps its last known state instead of entering it."""
    state = combined_state(condition, members)
    return before if state == "No Data" and not notifies_no_data else state


def composite_rules(options: Mapping[str, Any]) -> Rules:
    """What of a composite's options the state machine needs; it has no thresholds."""
    return Rules(
        comparator=">", critical=0.0, notifies_no_data=bool(options.get("notify_no_data")), **renotify_rules(options)
    )


def run_composite(
    query: CompositeQuery,
    rules: Rules,
    memory: MonitorMemory,
    members: Mapping[MemberId, MonitorMemory],
    at: int,
    mutes: Muting,
) -> tuple[MonitorMemory, tuple[Transition, ...]]:
    """The composite after its members were evaluated at `at`. Members that do not exist have no data.

    mutes: downtimes of the composite itself; those of its members change nothing here.
    """
    wanted = dict.fromkeys(members_of(query.condition))
    by_group = common_groups({monitor: members.get(monitor, MonitorMemory()) for monitor in wanted})
    groups: dict[Group, GroupState] = {}
    transitions = []
    for group, states in sorted(by_group.items()):
        before = memory.groups.get(group, GroupState())
        state = composite_state(query.condition, states, before.state, notifies_no_data=rules.notifies_no_data)
        groups[group], transition = enter_state(rules, before, state, at, group, mutes(group, at, at - _INTERVAL_S))
        if transition is not None:
            transitions.append(transition)
    return MonitorMemory(MappingProxyType(groups)), tuple(transitions)


def common_groups(members: Mapping[MemberId, MonitorMemory]) -> dict[Group, dict[MemberId, State]]:
    """For each group of the composite the state of every member.

    The groups are those of the members with most keys. A coarser group of another member goes with every group that has
    all of its values, whatever its keys are called; a group that some member knows nothing of is left out.
    """
    finest = max((group for memory in members.values() for group in memory.groups), key=len, default=())
    candidates = [group for memory in members.values() for group in memory.groups if len(group) == len(finest)]
    found: dict[Group, dict[MemberId, State]] = {}
    known: set[frozenset[str]] = set()
    for group in dict.fromkeys(candidates or [()]):
        values = _values(group)
        if values in known:
            continue
        known.add(values)
        states = {monitor: state for monitor, memory in members.items() if (state := _state_in(memory, values))}
        if len(states) == len(members):
            found[group] = states
    return found


def _state_in(memory: MonitorMemory, values: frozenset[str]) -> State | None:
    if not memory.groups:
        return "No Data"
    return next((state.state for group, state in memory.groups.items() if _values(group) <= values), None)


def _values(group: Group) -> frozenset[str]:
    return frozenset(tag.partition(":")[2] for tag in group)
