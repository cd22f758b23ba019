"""Bundled notices over a whole period: what `bundles` gives minute by minute. Needs numpy.

A bundle is looked at only where one of its groups was called, a notice is due again or a downtime begins or ends.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import numpy as np

from watchkeeper.monitors.bundles import bundle_of, next_bundle
from watchkeeper.monitors.downtime import Muting
from watchkeeper.monitors.rules import Rules
from watchkeeper.monitors.state import GroupState, Transition, next_due
from watchkeeper.query.grid import Indices
from watchkeeper.query.lines import Group


class PlayedGroup(Protocol):
    """A group that was played through."""

    interval_s: int

    @property
    def changes_at(self) -> Sequence[int]:
        """The evaluations at which something may have happened to it."""
        ...

    def state_at(self, index: int) -> GroupState | None:
        """The group after one evaluation; None where the monitor does not know it then."""
        ...


def replay_bundles(
    rules: Rules,
    before: Mapping[Group, GroupState],
    groups: Mapping[Group, PlayedGroup],
    mutes: Muting,
    instants: Indices,
) -> tuple[Mapping[Group, GroupState], list[Transition]]:
    """The bundles at the end, and everything that people may have to be told of them."""
    members: dict[Group, dict[Group, PlayedGroup]] = {}
    for group, played in groups.items():
        members.setdefault(bundle_of(rules, group), {})[group] = played
    found: dict[Group, GroupState] = {}
    transitions: list[Transition] = []
    for bundle, theirs in sorted(members.items()):
        state = _replayed(rules, before.get(bundle), (bundle, theirs), mutes, instants, transitions)
        if state is not None:
            found[bundle] = state
    return MappingProxyType(found), transitions


def _replayed(
    rules: Rules,
    state: GroupState | None,
    bundle: tuple[Group, Mapping[Group, PlayedGroup]],
    mutes: Muting,
    instants: Indices,
    transitions: list[Transition],
) -> GroupState | None:
    name, members = bundle
    size = len(instants)
    # The last evaluation counts, for what is remembered after it.
    events = sorted({0, size - 1, *(index for played in members.values() for index in played.changes_at)})
    place = 0
    index = 0
    while index < size:
        at = int(instants[index])
        states = {group: now for group, played in members.items() if (now := played.state_at(index)) is not None}
        here = {group: mutes(group, at, at - members[group].interval_s) for group in states}
        state, transition = next_bundle(rules, state, states, here, at, name)
        if transition is not None:
            transitions.append(transition)
        while place < len(events) and events[place] <= index:
            place += 1
        following = events[place] if place < len(events) else size
        due = None if state is None else next_due(rules, state, at, has_data=True)
        if due is not None:
            following = min(following, int(np.searchsorted(instants, due)))
        index = max(following, index + 1)
    return state
