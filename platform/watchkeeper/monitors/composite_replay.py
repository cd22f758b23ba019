"""What is made of other monitors over a whole period of recorded series: composites, and objectives on monitors.

The members are replayed in bulk, a composite where one of them changes. Needs numpy.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from watchkeeper.monitors.alerting import any_query, monitor_rules, run_monitor
from watchkeeper.monitors.downtime import Downtime
from watchkeeper.monitors.memory import MonitorMemory
from watchkeeper.monitors.replay import Replay, StateAt, replay_monitor
from watchkeeper.monitors.rules import State
from watchkeeper.monitors.slo.objective import Monitored, objective_for
from watchkeeper.monitors.slo.uptime import Span, is_counted, joined
from watchkeeper.monitors.state import GroupState, Transition
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.evaluate import Group
from watchkeeper.query.forms import CheckQuery, MemberId, SloQuery
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
        for at, group, state in states_of(member, source, start, end, members):
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


def states_of(
    member: Subject,
    source: RecordedSeries,
    start: int,
    end: int,
    members: Mapping[MemberId, Subject] = MappingProxyType({}),
) -> Sequence[StateAt]:
    """From when on each group of a monitor has which state. members: of an objective that it is an alert on."""
    is_in_bulk = not isinstance(any_query(member.definition), CheckQuery)
    if is_in_bulk:
        outages = outages_of(member, members, source, start, end)
        found = replay_monitor(member.definition, source, start, end, slos=member.slos, outages=outages).states
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


def outages_of(
    subject: Subject, members: Mapping[MemberId, Subject], source: RecordedSeries, start: int, end: int
) -> tuple[Span, ...] | None:
    """Of the monitors of an alert's objective in [start, end], Unix seconds; None where it is not made of monitors.

    members: as the objective names them. What lasts at the end has no end before `end + 1`. Raises QuerySyntaxError.
    """
    query = any_query(subject.definition)
    objective = objective_for(query, subject.slos) if isinstance(query, SloQuery) else None
    if not isinstance(objective, Monitored) or any(name not in members for name in objective.monitors):
        return None
    found: list[Span] = []
    for name in objective.monitors:
        member = members[name]
        states = states_of(member, source, start, end)
        tells = monitor_rules(member.definition).notifies_no_data
        for group in dict.fromkeys(group for _, group, _ in states if is_counted(group, objective.groups)):
            found += _downs(states, group, end + 1, counts_no_data=tells)
    return joined(found)


def _downs(states: Iterable[StateAt], group: Group, end: int, *, counts_no_data: bool) -> Iterator[Span]:
    """When a group was down. Before its first data a group is not: nobody is told of that."""
    changes = [(at, state) for at, each, state in states if each == group]
    has_been = False
    for (at, state), (until, _) in pairwise([*changes, (end, None)]):
        if state == "Alert" or (state == "No Data" and counts_no_data and has_been):
            yield at, until
        has_been = state is not None and (has_been or state != "No Data")
