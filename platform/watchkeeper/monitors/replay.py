"""A monitor over a whole period of recorded series: the transitions that `run_monitor` gives minute by minute.

Values come in bulk; the state machine is called only where a comparison changes, data appears or ends, a timer falls
due or a downtime begins or ends. Everything that is not a query over series is run minute by minute. Needs numpy.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from watchkeeper.monitors.alerting import (
    FORGET_AFTER_S,
    any_query,
    is_forgotten,
    parsed_query,
    query_rules,
    recovery_window,
    run_monitor,
)
from watchkeeper.monitors.downtime import Downtime, Muting
from watchkeeper.monitors.memory import MonitorMemory
from watchkeeper.monitors.rules import Rules, State
from watchkeeper.monitors.schedule import evaluation_interval_s, is_due
from watchkeeper.monitors.state import GroupState, Transition, next_due, next_state
from watchkeeper.monitors.symbols import symbols_of
from watchkeeper.query.algorithms import recovery_query
from watchkeeper.query.evaluate import Evaluation, Group
from watchkeeper.query.expression_lines import result_keys
from watchkeeper.query.forms import CheckQuery, CompositeQuery, MonitorQuery, SloQuery
from watchkeeper.query.grid import Indices
from watchkeeper.query.recorded import RecordedSeries
from watchkeeper.query.vectorised import GroupValues, evaluate_many
from watchkeeper.query.visit import tags_of

_MINUTE_S = 60


StateAt = tuple[int, Group, State | None]
"""From when on a group has a state; None: the monitor knows the group no more."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What a monitor did. memory: at the end. evaluations: how many there were, all groups together.

    calls: how often the state machine was called for them. states: of every group from when on; None where only the
    transitions are known.
    """

    transitions: tuple[Transition, ...]
    memory: MonitorMemory
    evaluations: int = 0
    calls: int = 0
    states: tuple[StateAt, ...] | None = None


def replay_monitor(
    definition: Mapping[str, Any],
    source: RecordedSeries,
    start: int,
    end: int,
    *,
    downtimes: Collection[Downtime] = (),
    memory: MonitorMemory | None = None,
) -> Replay:
    """Evaluate at every due minute after `start` up to and with `end`, Unix seconds. definition: Datadog's JSON.

    Composites need their members: `composite_replay`. Raises QuerySyntaxError.
    """
    before = memory or MonitorMemory()
    if isinstance(any_query(definition), CheckQuery | CompositeQuery | SloQuery):
        return replay_by_minute(definition, source, start, end, downtimes=downtimes, memory=before)
    query = parsed_query(definition)
    if query.window.kind == "current":
        return replay_by_minute(definition, source, start, end, downtimes=downtimes, memory=before)
    options = definition.get("options") or {}
    instants = due_instants(options, query.window_s, start, end)
    rules = query_rules(query, definition)
    delay_s = int(options.get("evaluation_delay") or 0)
    found = evaluate_many(query, source, instants, delay_s=delay_s, wants_fullness=rules.requires_full_window)
    judging = recovery_query(query, recovery_window(options))
    if judging is not None:
        shares = evaluate_many(judging, source, instants, delay_s=delay_s)
        none = _silence(instants, rules)
        found = {group: replace(each, recovery=shares.get(group, none).values) for group, each in found.items()}
    keys = result_keys(query.expression)
    if not keys:
        found.setdefault((), _silence(instants, rules))
    mutes = Muting(definition, downtimes, tags_of(query))
    groups: dict[Group, GroupState] = {}
    transitions: list[Transition] = []
    states: list[StateAt] = []
    calls = 0
    for group in sorted({*found, *before.groups}):
        values = found.get(group) or _silence(instants, rules)
        runner = _GroupRun(group, rules, instants, values, mutes, query, is_grouped=bool(keys))
        state = runner.run(before.groups.get(group), transitions)
        calls += runner.calls
        states += [(at, group, entered) for at, entered in runner.entered]
        if state is not None:
            groups[group] = state
    transitions.sort(key=lambda change: (change.at, change.group))
    return Replay(
        tuple(transitions),
        MonitorMemory(MappingProxyType(groups)),
        len(instants) * max(1, len(found)),
        calls,
        tuple(states),
    )


def replay_by_minute(
    definition: Mapping[str, Any],
    source: RecordedSeries,
    start: int,
    end: int,
    *,
    downtimes: Collection[Downtime] = (),
    memory: MonitorMemory | None = None,
) -> Replay:
    """As `replay_monitor`, by the readable reference: one evaluation a minute."""
    state = memory or MonitorMemory()
    transitions: list[Transition] = []
    evaluations = 0
    for at in range(start - start % _MINUTE_S + _MINUTE_S, end + 1, _MINUTE_S):
        state, new = run_monitor(definition, state, source, at, downtimes=downtimes)
        transitions += new
        evaluations += max(1, len(state.groups))
    return Replay(tuple(transitions), state, evaluations, evaluations)


def due_instants(options: Mapping[str, Any], window_s: int, start: int, end: int) -> Indices:
    """The instants in (start, end] at which a monitor is evaluated."""
    step_s = evaluation_interval_s(window_s)
    if (options.get("scheduling_options") or {}).get("custom_schedule"):
        minutes = range(start - start % _MINUTE_S + _MINUTE_S, end + 1, _MINUTE_S)
        return np.array([at for at in minutes if is_due(options, window_s, at)], dtype=np.int64)
    return np.arange(start - start % step_s + step_s, end + 1, step_s, dtype=np.int64)


def _silence(instants: Indices, rules: Rules) -> GroupValues:
    none = np.zeros(len(instants), dtype=bool) if rules.requires_full_window else None
    return GroupValues(np.full(len(instants), np.nan), none)


class _GroupRun:
    """One group through all instants."""

    def __init__(
        self,
        group: Group,
        rules: Rules,
        instants: Indices,
        values: GroupValues,
        mutes: Muting,
        query: MonitorQuery,
        *,
        is_grouped: bool,
    ) -> None:
        self.group = group
        self.rules = rules
        self.instants = instants
        self.values = values
        self.mutes = mutes
        self.interval_s = evaluation_interval_s(query.window_s)
        self.is_grouped = is_grouped
        self.calls = 0
        self.seen = -1
        self.entered: list[tuple[int, State | None]] = []
        self.has_data = ~np.isnan(values.values)
        symbols = symbols_of(rules, values)
        changes = np.flatnonzero(np.diff(symbols)) + 1
        events = np.union1d(changes, self._downtime_edges()) if mutes.covering(group) else changes
        self.events: list[int] = events.tolist()

    def _downtime_edges(self) -> Indices:
        """The first evaluation at or after each beginning and end of a downtime."""
        first, last = int(self.instants[0]) - self.interval_s, int(self.instants[-1]) + 1
        edges = [
            edge
            for downtime in self.mutes.covering(self.group)
            for period in downtime.periods(first, last)
            for edge in period
        ]
        places = np.searchsorted(self.instants, np.array(edges, dtype=np.int64))
        # The evaluation after an end is told of it no more.
        both = np.concatenate((places, places + 1))
        return both[both < len(self.instants)]

    def run(self, before: GroupState | None, transitions: list[Transition]) -> GroupState | None:
        """The group's state at the end; None where the monitor does not know it."""
        size = len(self.instants)
        state = before
        index = 0
        if state is None and self.is_grouped:
            index = self._first_data(0)
        while index < size:
            state = self._caught_up(state, index)
            at = int(self.instants[index])
            has_data = bool(self.has_data[index])
            if state is not None and self.is_grouped and not has_data and is_forgotten(state, at):
                self.entered.append((at, None))
                state, index = None, self._first_data(index)
                continue
            state, transition = self._step(state or GroupState(), index, at)
            if transition is not None:
                transitions.append(transition)
            if not self.entered or self.entered[-1][1] != state.state:
                self.entered.append((at, state.state))
            self.seen = index
            index = self._next(state, index, at, has_data=has_data)
        return None if state is None else self._caught_up(state, size)

    def _step(self, state: GroupState, index: int, at: int) -> tuple[GroupState, Transition | None]:
        self.calls += 1
        value = float(self.values.values[index]) if self.has_data[index] else None
        full = self.values.is_full
        evaluation = Evaluation(value, True if full is None else bool(full[index]), self._recovery(index))
        mute = self.mutes(self.group, at, at - self.interval_s)
        return next_state(self.rules, state, evaluation, at, self.group, mute)

    def _recovery(self, index: int) -> float | None:
        found = self.values.recovery
        return None if found is None or np.isnan(found[index]) else float(found[index])

    def _caught_up(self, state: GroupState | None, index: int) -> GroupState | None:
        """What the evaluations that were left out would have remembered: when there was data, and which value."""
        if state is None or index - self.seen <= 1 or self.seen < 0 or not self.has_data[self.seen]:
            return state
        if state.last_data != int(self.instants[self.seen]):
            return state
        last = index - 1
        at, value = int(self.instants[last]), float(self.values.values[last])
        full = self.values.is_full
        is_evaluated = full is None or bool(full[last])
        return replace(state, last_data=at, value=value if is_evaluated else state.value)

    def _first_data(self, index: int) -> int:
        found = np.flatnonzero(self.has_data[index:])
        return index + int(found[0]) if len(found) else len(self.instants)

    def _next(self, state: GroupState, index: int, at: int, *, has_data: bool) -> int:
        """The next evaluation that may change something."""
        place = bisect_left(self.events, index + 1)
        found = self.events[place] if place < len(self.events) else len(self.instants)
        due = next_due(self.rules, state, at, has_data=has_data)
        forgets = self._forgets_at(state) if self.is_grouped and not has_data else None
        for each in (due, forgets):
            if each is not None and each > at:
                found = min(found, int(np.searchsorted(self.instants, each)))
        return max(found, index + 1)

    def _forgets_at(self, state: GroupState) -> int | None:
        last = state.last_data or state.first_seen
        return None if last is None else last + FORGET_AFTER_S
