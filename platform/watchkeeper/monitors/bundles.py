"""Groups of which people are told together: `notify_by`, and `groupby_simple_monitor` of log monitors. Pure.

Every group has its own state; a bundle has the worst of them, and its changes are what is told. The first group that
alerts makes the notice, further ones of the bundle make none, and the recovery comes when all of them are well.
Source: OpenAPI v1 of datadog-api-client 2.62.0 (`notify_by`), Datadog documentation, "Notification aggregation"; read
2026-11.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from watchkeeper.monitors.rules import SEVERITY, Rules
from watchkeeper.monitors.state import GroupState, Mute, Transition, enter_state
from watchkeeper.query.lines import Group


def untold(transitions: Iterable[Transition]) -> list[Transition]:
    """The changes of state, of none of which people are told by itself."""
    changes = (change for change in transitions if change.previous != change.current)
    return [replace(change, notifies=False, is_muted=False) for change in changes]


def alone(rules: Rules) -> Rules:
    """The rules of a group whose notices are its bundle's: it repeats none."""
    return rules if rules.bundled_by is None else replace(rules, renotify_s=0)


def bundle_of(rules: Rules, group: Group) -> Group:
    """The tags of the bundle to which a group belongs."""
    return tuple(tag for tag in group if tag.partition(":")[0] in (rules.bundled_by or ()))


def bundled(
    rules: Rules,
    before: Mapping[Group, GroupState],
    groups: Mapping[Group, GroupState],
    mutes: Mapping[Group, Mute],
    at: int,
) -> tuple[Mapping[Group, GroupState], Sequence[Transition]]:
    """The bundles after an evaluation at `at`, and what people may have to be told. mutes: of each group."""
    members: dict[Group, dict[Group, GroupState]] = {}
    for group, state in groups.items():
        members.setdefault(bundle_of(rules, group), {})[group] = state
    found: dict[Group, GroupState] = {}
    transitions = []
    for bundle, states in sorted(members.items()):
        after, transition = next_bundle(rules, before.get(bundle), states, mutes, at, bundle)
        if after is not None:
            found[bundle] = after
        if transition is not None:
            transitions.append(transition)
    return MappingProxyType(found), transitions


def next_bundle(
    rules: Rules,
    before: GroupState | None,
    members: Mapping[Group, GroupState],
    mutes: Mapping[Group, Mute],
    at: int,
    bundle: Group,
) -> tuple[GroupState | None, Transition | None]:
    """One bundle. None while none of its groups has been judged.

    It is muted while all of the groups that are worst off are, and told what they are all told when downtimes end. What
    was muted is told as soon as a group that is not muted comes into the same state.
    """
    judged = {group: state for group, state in members.items() if state.since is not None}
    if not judged:
        return None, None
    worst = max((state.state for state in judged.values()), key=SEVERITY.__getitem__)
    worst_off = sorted(group for group, state in judged.items() if state.state == worst)
    theirs = [mutes[group] for group in worst_off]
    ended = frozenset.intersection(*(each.tells for each in theirs))
    seen = replace(before or GroupState(), value=judged[worst_off[0]].value)
    joins = seen.notified == "OK" and any(judged[g].since == at and not mutes[g].is_muted for g in worst_off)
    mute = Mute(
        is_muted=all(each.is_muted for each in theirs),
        mutes_first_recovery=all(each.mutes_first_recovery for each in theirs),
        tells=ended | {worst} if joins else ended,
    )
    state, transition = enter_state(rules, seen, worst, at, bundle, mute)
    if transition is None:
        return state, None
    is_downtime_end = transition.is_downtime_end and worst in ended
    return state, replace(transition, is_bundle=True, is_downtime_end=is_downtime_end)
