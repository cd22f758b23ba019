"""The alert state machine: what an evaluation makes of a group's state. Pure; minute by minute.

Source: Datadog documentation, "Configure monitors" (recovery thresholds, no data, renotify, auto-resolve) and
"Downtimes" (what is told during and after one); read 2026-11.
"""

from dataclasses import dataclass, replace
from typing import Final

from watchkeeper.monitors.rules import RENOTIFY_FOR_S, SEVERITY, Rules, State, has_recovered
from watchkeeper.query.evaluate import Evaluation
from watchkeeper.query.forms import crosses

__all__ = [
    "NOT_MUTED",
    "SEVERITY",
    "GroupState",
    "Mute",
    "Rules",
    "State",
    "Transition",
    "enter_state",
    "is_forgotten",
    "next_due",
    "next_state",
    "state_of",
]

_BAD: Final = ("Alert", "Warn")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """What is remembered of one group. Times in Unix seconds, None for never.

    last_data: the latest evaluation that had data. notified: the state that people were told last. value: of the latest
    evaluation that had one.
    """

    state: State = "No Data"
    since: int | None = None
    first_seen: int | None = None
    last_data: int | None = None
    triggered: int | None = None
    notified: State = "OK"
    last_notified: int | None = None
    repeats: int = 0
    value: float | None = None

    def with_data(self, at: int, value: float | None) -> "GroupState":
        """After an evaluation that had data."""
        # Written out, as in `enter_state`: `replace` takes twice as long, and months have millions of these.
        return GroupState(
            state=self.state,
            since=self.since,
            first_seen=self.first_seen,
            last_data=at,
            triggered=self.triggered,
            notified=self.notified,
            last_notified=self.last_notified,
            repeats=self.repeats,
            value=value,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of state, a repetition of one (is_renotify), or what is told when a downtime ends (is_downtime_end).

    notifies: whether people are told. is_muted: they would have been, without a downtime. is_bundle: whether the group
    stands for all groups that share its tags, of which people are told together (`notify_by`). variables: further
    numbers that messages may name.
    """

    at: int
    group: tuple[str, ...]
    previous: State
    current: State
    value: float | None
    threshold: float | None
    first_triggered: int | None
    notifies: bool
    is_renotify: bool = False
    is_muted: bool = False
    is_downtime_end: bool = False
    is_bundle: bool = False
    variables: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """What downtimes do to a group at one evaluation.

    mutes_first_recovery: also the recovery of an alert that was told before the downtime. tells: states that are told
    now, because a downtime has ended since the evaluation before.
    """

    is_muted: bool = False
    mutes_first_recovery: bool = False
    tells: frozenset[State] = frozenset()


NOT_MUTED: Final = Mute()


def next_state(
    rules: Rules,
    before: GroupState,
    evaluation: Evaluation,
    at: int,
    group: tuple[str, ...] = (),
    mute: Mute = NOT_MUTED,
) -> tuple[GroupState, Transition | None]:
    """The group after an evaluation at `at`, and what people may have to be told."""
    seen = replace(before, first_seen=at) if before.first_seen is None else before
    if group and at - (seen.first_seen or at) < rules.new_group_delay_s:
        return seen, None
    value = evaluation.value
    if value is not None and rules.requires_full_window and not evaluation.is_full:
        return seen.with_data(at, seen.value), None
    if value is None:
        return _without_data(rules, seen, at, group, mute)
    if evaluation.critical is not None:
        rules = replace(rules, critical=evaluation.critical, critical_recovery=evaluation.critical_recovery)
    seen = seen.with_data(at, value)
    return enter_state(rules, seen, state_of(rules, before.state, value, evaluation.recovery), at, group, mute)


def state_of(rules: Rules, before: State, value: float, recovery: float | None = None) -> State:
    """Alert, Warn or OK of a value; a state is left only when its recovery threshold is passed.

    recovery: the value by which that is judged, where it is another one.
    """
    if crosses(rules.comparator, value, rules.critical):
        return "Alert"
    judged = value if recovery is None else recovery
    in_warning = rules.warning is not None and crosses(rules.comparator, value, rules.warning)
    if (
        before == "Alert"
        and not in_warning
        and not has_recovered(rules, judged, rules.critical, rules.critical_recovery)
    ):
        return "Alert"
    if in_warning:
        return "Warn"
    warning = rules.critical if rules.warning is None else rules.warning
    if before == "Warn" and not has_recovered(rules, judged, warning, rules.warning_recovery):
        return "Warn"
    return "OK"


def _without_data(
    rules: Rules, before: GroupState, at: int, group: tuple[str, ...], mute: Mute
) -> tuple[GroupState, Transition | None]:
    never = before.last_data is None
    silent_s = 0 if before.last_data is None else at - before.last_data
    if rules.missing == "value":
        value = rules.missing_value
        return enter_state(rules, replace(before, value=value), state_of(rules, before.state, value), at, group, mute)
    if rules.resolve_after_s and silent_s >= rules.resolve_after_s and before.state in _BAD:
        return enter_state(rules, before, "OK", at, group, mute)
    if rules.missing == "resolve" and not never:
        return enter_state(rules, before, "OK", at, group, mute)
    if rules.missing == "no data" and not never and silent_s >= rules.no_data_after_s:
        return enter_state(rules, replace(before, value=None), "No Data", at, group, mute)
    return enter_state(rules, before, before.state, at, group, mute)


def enter_state(
    rules: Rules, before: GroupState, state: State, at: int, group: tuple[str, ...] = (), mute: Mute = NOT_MUTED
) -> tuple[GroupState, Transition | None]:
    """Enter a state, or stay in it: then the notice may be due again, or a downtime's end may have to be told."""
    if state == before.state:
        if state in mute.tells and _is_worthy(rules, state) and not mute.is_muted:
            return _told(rules, before, at, group, is_renotify=False)
        return _repeated(rules, before, at, group, mute)
    is_bad = _is_worthy(rules, state)
    was_bad = before.notified != "OK"
    triggered = at if is_bad and not was_bad else before.triggered
    would = is_bad or (state == "OK" and was_bad)
    # The first recovery of what was told before the downtime is told, so that no incident stays open.
    is_first_recovery = state == "OK" and was_bad and not mute.mutes_first_recovery
    notifies = would and (not mute.is_muted or is_first_recovery)
    after = GroupState(
        state=state,
        since=at,
        first_seen=before.first_seen,
        last_data=before.last_data,
        triggered=None if state == "OK" else triggered,
        notified=state if notifies else before.notified,
        last_notified=at if notifies else before.last_notified,
        repeats=0,
        value=before.value,
    )
    return after, Transition(
        at=at,
        group=group,
        previous=before.state,
        current=state,
        value=before.value,
        threshold=_threshold(rules, state),
        first_triggered=triggered if is_bad else before.triggered,
        notifies=notifies,
        is_muted=would and not notifies,
    )


def _is_worthy(rules: Rules, state: State) -> bool:
    return state in _BAD or (state == "No Data" and rules.notifies_no_data)


def _threshold(rules: Rules, state: State) -> float | None:
    return rules.warning if state == "Warn" else rules.critical


def is_repeat_due(rules: Rules, before: GroupState, at: int) -> bool:
    """Whether a notice of the state that lasts is due again."""
    return bool(
        rules.renotify_s
        and before.state in rules.renotify_states
        and before.notified == before.state
        and before.last_notified is not None
        and at - before.last_notified >= rules.renotify_s
        and _may_repeat(rules, before, at)
    )


def _may_repeat(rules: Rules, before: GroupState, at: int) -> bool:
    if rules.renotify_occurrences is not None:
        return before.repeats < rules.renotify_occurrences
    return before.triggered is None or at - before.triggered <= RENOTIFY_FOR_S


def next_due(rules: Rules, state: GroupState, at: int, *, has_data: bool) -> int | None:
    """When the group may change although its evaluations stay alike: the earliest instant after `at`; None for never.

    has_data: whether they have data. Source of a shortcut, not of a decision: `next_state` still says what happens.
    """
    due = []
    if state.first_seen is not None:
        due.append(state.first_seen + rules.new_group_delay_s)
    if rules.renotify_s and state.last_notified is not None and state.state in rules.renotify_states:
        due.append(state.last_notified + rules.renotify_s)
    if not has_data and state.last_data is not None:
        due += [state.last_data + rules.no_data_after_s, state.last_data + rules.resolve_after_s]
    return min((each for each in due if each > at), default=None)


def _repeated(
    rules: Rules, before: GroupState, at: int, group: tuple[str, ...], mute: Mute
) -> tuple[GroupState, Transition | None]:
    if mute.is_muted or not is_repeat_due(rules, before, at):
        return before, None
    return _told(rules, replace(before, repeats=before.repeats + 1), at, group, is_renotify=True)


def _told(
    rules: Rules, before: GroupState, at: int, group: tuple[str, ...], *, is_renotify: bool
) -> tuple[GroupState, Transition]:
    after = replace(before, last_notified=at, notified=before.state, triggered=before.triggered or at)
    return after, Transition(
        at=at,
        group=group,
        previous=before.state,
        current=before.state,
        value=before.value,
        threshold=_threshold(rules, before.state),
        first_triggered=after.triggered,
        notifies=True,
        is_renotify=is_renotify,
        is_downtime_end=not is_renotify,
    )


def is_forgotten(state: GroupState, at: int, after_s: int) -> bool:
    """Whether a group without data has been silent for so long that the monitor knows it no more."""
    last = state.last_data or state.first_seen
    return last is not None and at - last >= after_s
