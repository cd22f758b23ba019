"""One group of a monitor through a whole period: the state machine is called only where something may happen.

That is where a comparison changes, data appears or ends, a timer falls due or a downtime begins or ends. Needs numpy.
"""

from bisect import bisect_left, bisect_right
from dataclasses import replace

import numpy as np

from watchkeeper.monitors.downtime import Muting
from watchkeeper.monitors.rules import Rules, State
from watchkeeper.monitors.schedule import evaluation_interval_s
from watchkeeper.monitors.state import NOT_MUTED, GroupState, Transition, is_forgotten, next_due, next_state
from watchkeeper.monitors.symbols import symbols_of
from watchkeeper.query.evaluate import Evaluation, Group
from watchkeeper.query.grid import Indices
from watchkeeper.query.recorded import Values
from watchkeeper.query.vectorised import GroupValues


class GroupRun:
    """One group through all instants. instants: Unix seconds, ascending; window_s: of the monitor.

    entered: after `run`, from when on the group had which state; None: the monitor knew it no more.
    """

    def __init__(
        self,
        group: Group,
        rules: Rules,
        instants: Indices,
        values: GroupValues,
        mutes: Muting,
        window_s: int,
        *,
        is_grouped: bool,
    ) -> None:
        self.group = group
        self.rules = rules
        self.instants = instants
        self.values = values
        self.mutes = mutes
        self.interval_s = evaluation_interval_s(window_s)
        self.is_grouped = is_grouped
        self.calls = 0
        self.seen = -1
        self.past: list[tuple[int, GroupState | None]] = []
        self.entered: list[tuple[int, State | None]] = []
        self.has_data = ~np.isnan(values.values)
        symbols = symbols_of(rules, values)
        changes = np.flatnonzero(np.diff(symbols)) + 1
        self.is_covered = bool(mutes.covering(group))
        self.is_plain = values.recovery is None and values.critical is None
        events = np.union1d(changes, self._downtime_edges()) if self.is_covered else changes
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
        self.past.append((-1, before))
        if state is None and self.is_grouped:
            index = self._first_data(0)
        while index < size:
            state = self._caught_up(state, index)
            at = int(self.instants[index])
            has_data = bool(self.has_data[index])
            if state is not None and self._is_gone(state, at, has_data=has_data):
                self._remember(index, None)
                self.entered.append((at, None))
                state, index = None, self._first_data(index)
                continue
            state, transition = self._step(state or GroupState(), index, at)
            if transition is not None:
                transitions.append(transition)
            self.seen = index
            self._remember(index, state)
            if not self.entered or self.entered[-1][1] != state.state:
                self.entered.append((at, state.state))
            index = self._next(state, index, at, has_data=has_data)
        return None if state is None else self._caught_up(state, size)

    def _is_gone(self, state: GroupState, at: int, *, has_data: bool) -> bool:
        return self.is_grouped and not has_data and is_forgotten(state, at, self.rules.forget_after_s)

    def _remember(self, index: int, state: GroupState | None) -> None:
        if self.rules.bundled_by is not None:
            self.past.append((index, state))

    def _step(self, state: GroupState, index: int, at: int) -> tuple[GroupState, Transition | None]:
        self.calls += 1
        value = float(self.values.values[index]) if self.has_data[index] else None
        full = self.values.is_full
        is_full = True if full is None else bool(full[index])
        evaluation = Evaluation(value, is_full) if self.is_plain else self._judged(value, index, is_full=is_full)
        mute = self.mutes(self.group, at, at - self.interval_s) if self.is_covered else NOT_MUTED
        return next_state(self.rules, state, evaluation, at, self.group, mute)

    def _judged(self, value: float | None, index: int, *, is_full: bool) -> Evaluation:
        given = self.values
        others = (_at(each, index) for each in (given.recovery, given.critical, given.critical_recovery))
        return Evaluation(value, is_full, *others)

    def state_at(self, index: int) -> GroupState | None:
        """The group after an evaluation of the past; None where the monitor does not know it then."""
        seen, state = self.past[bisect_right(self.past, index, key=lambda each: each[0]) - 1]
        return self._after(state, seen, index + 1)

    @property
    def changes_at(self) -> list[int]:
        """The evaluations at which the state machine was called, or forgot the group."""
        return [index for index, _ in self.past[1:]]

    def _caught_up(self, state: GroupState | None, index: int) -> GroupState | None:
        return self._after(state, self.seen, index)

    def _after(self, state: GroupState | None, seen: int, index: int) -> GroupState | None:
        """What the evaluations after `seen` and before `index`, which were left out, would have remembered.

        That is when there was data, and which value.
        """
        if state is None or index - seen <= 1 or seen < 0 or not self.has_data[seen]:
            return state
        if state.last_data != int(self.instants[seen]):
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
        if found == index + 1:
            return found
        due = next_due(self.rules, state, at, has_data=has_data)
        forgets = self._forgets_at(state) if self.is_grouped and not has_data else None
        for each in (due, forgets):
            if each is not None and each > at:
                found = min(found, int(np.searchsorted(self.instants, each)))
        return max(found, index + 1)

    def _forgets_at(self, state: GroupState) -> int | None:
        last = state.last_data or state.first_seen
        return None if last is None else last + self.rules.forget_after_s


def _at(values: Values | None, index: int) -> float | None:
    return None if values is None or np.isnan(values[index]) else float(values[index])
