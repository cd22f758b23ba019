"""A composite over a whole period of recorded series: its members in bulk, itself where one of them changes."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from watchkeeper.monitors.alerting import any_query, monitor_rules, run_monitor
from watchkeeper.monitors.downtime import Downtime
from watchkeeper.monitors.memory import MonitorMemory
from watchkeeper.monitors.replay import Replay, StateAt, replay_monitor
from watchkeeper.monitors.rules import State
from watchkeeper.monitors.state import GroupState, Transition
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.evaluate import Group
from watchkeeper.query.forms import CheckQuery, MemberId
from watchkeeper.query.recorded import RecordedSeries

_MINUTE_S = 60


def replay_composite(
    definition: Mapping[str, Any],
    members: Mapping[MemberId, Subject],
    source: RecordedSeries,
    start: int,
    end: int,
    *,
    downtimes: Collection[Downtime] = (),
) -> Replay:
    """A composite with its members. members: as its query names them.

    It is run where the state of a member changes; every minute only where it repeats notices or is muted.
    """
    changes: dict[int, list[tuple[MemberId, Group, State | None]]] = {}
    for name, member in members.items():
        for at, group, state in _states_of(member, source, start, end):
            changes.setdefault(at, []).append((name, group, state))
    minutes = _minutes(start, end)
    is_steady = not downtimes and not monitor_rules(definition).renotify_s
    memory = MonitorMemory()
    groups: dict[MemberId, dict[Group, GroupState]] = {name: {} for name in members}
    memories = {name: MonitorMemory(MappingProxyType(known)) for name, known in groups.items()}
    transitions: list[Transition] = []
    for at in sorted({*minutes[:1], *changes}) if is_steady else minutes:
        for name, group, state in changes.get(at, ()):
            if state is None:
                del groups[name][group]
            else:
                groups[name][group] = GroupState(state=state)
        memory, new = run_monitor(definition, memory, source, at, downtimes=downtimes, members=memories)
        transitions += new
    return Replay(tuple(transitions), memory)


def _states_of(member: Subject, source: RecordedSeries, start: int, end: int) -> Sequence[StateAt]:
    """From when on each group of a monitor has which state."""
    is_in_bulk = not isinstance(any_query(member.definition), CheckQuery)
    found = replay_monitor(member.definition, source, start, end, slos=member.slos).states if is_in_bulk else None
    if found is not None:
        return found
    states: list[StateAt] = []
    memory = MonitorMemory()
    known: dict[Group, State] = {}
    for at in _minutes(start, end):
        memory, _ = run_monitor(member.definition, memory, source, at, slos=member.slos)
        now = {group: state.state for group, state in memory.groups.items()}
        states += [(at, group, state) for group, state in now.items() if known.get(group) != state]
        states += [(at, group, None) for group in known.keys() - now.keys()]
        known = now
    return states


def _minutes(start: int, end: int) -> range:
    """The full minutes in (start, end]."""
    return range(start - start % _MINUTE_S + _MINUTE_S, end + 1, _MINUTE_S)
