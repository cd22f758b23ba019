"""The alert state machine: what an evaluation makes of a group's state. Pure; minute by minute.

Source: Datadog documentation, "Configure monitors": recovery thresholds, no data, renotify, auto-resolve; read 2026-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from watchkeeper.query.ast import Comparator
from watchkeeper.query.evaluate import Evaluation

State = Literal["OK", "Warn", "Alert", "No Data"]
SEVERITY: Final[Mapping[State, int]] = {"OK": 0, "No Data": 1, "Warn": 2, "Alert": 3}
_ALLOWED_EMPTY: Final = 3
"""Buckets of a full window that may be empty."""
_STATUS: Final[Mapping[str, State]] = {"alert": "Alert", "warn": "Warn", "no data": "No Data"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A monitor's options as the state machine needs them. Times in seconds."""

    comparator: Comparator
    critical: float
    critical_recovery: float | None = None
    warning: float | None = None
    warning_recovery: float | None = None
    missing: Literal["zero", "keep", "no data", "resolve"] = "keep"
    notifies_no_data: bool = False
    no_data_after_s: int = 0
    renotify_s: int = 0
    renotify_occurrences: int | None = None
    renotify_states: tuple[State, ...] = ("Alert", "No Data")
    resolve_after_s: int = 0
    requires_full_window: bool = False
    new_group_delay_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """What is remembered of one group. Times in Unix seconds, None for never.

    notified: the state that people were told last. value: of the latest evaluation that had one.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of state, or a repetition of one (is_renotify). notifies: whether people are told."""

    at: int
    group: tuple[str, ...]
    previous: State
    current: State
    value: float | None
    threshold: float | None
    first_triggered: int | None
    notifies: bool
    is_renotify: bool = False


def rules_of(definition: Mapping[str, Any], comparator: Comparator, critical: float, *, counts: bool) -> Rules:
    """The rules that a monitor's JSON declares. counts: its query counts, so that nothing means zero."""
    options = definition.get("options") or {}
    thresholds = options.get("thresholds") or {}
    missing = options.get("on_missing_data") or "default"
    by_window: dict[str, Literal["zero", "keep", "no data", "resolve"]] = {
        "show_no_data": "no data",
        "show_and_notify_no_data": "no data",
        "resolve": "resolve",
    }
    notifies = bool(options.get("notify_no_data")) or missing == "show_and_notify_no_data"
    statuses = options.get("renotify_statuses") or ("alert", "no data")
    return Rules(
        comparator=comparator,
        critical=critical,
        critical_recovery=_number(thresholds.get("critical_recovery")),
        warning=_number(thresholds.get("warning")),
        warning_recovery=_number(thresholds.get("warning_recovery")),
        missing="no data" if options.get("notify_no_data") else by_window.get(missing, "zero" if counts else "keep"),
        notifies_no_data=notifies,
        no_data_after_s=60 * int(options.get("no_data_timeframe") or 0) if options.get("notify_no_data") else 0,
        renotify_s=60 * int(options.get("renotify_interval") or 0),
        renotify_occurrences=options.get("renotify_occurrences"),
        renotify_states=tuple(_STATUS[status] for status in statuses if status in _STATUS),
        resolve_after_s=3600 * int(options.get("timeout_h") or 0),
        requires_full_window=bool(options.get("require_full_window")),
        new_group_delay_s=int(options.get("new_group_delay") or 0),
    )


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


def next_state(
    rules: Rules, before: GroupState, evaluation: Evaluation, at: int, group: tuple[str, ...] = ()
) -> tuple[GroupState, Transition | None]:
    """The group after an evaluation at `at`, and what people may have to be told."""
    seen = replace(before, first_seen=at if before.first_seen is None else before.first_seen)
    if group and at - (seen.first_seen or at) < rules.new_group_delay_s:
        return seen, None
    value = evaluation.value
    if value is not None and rules.requires_full_window and not _is_full(evaluation):
        return seen, None
    if value is None:
        return _without_data(rules, seen, at, group)
    seen = replace(seen, last_data=at, value=value)
    return _moved(rules, seen, state_of(rules, before.state, value), at, group)


def _is_full(evaluation: Evaluation) -> bool:
    return not evaluation.first_is_empty and evaluation.empty_buckets <= _ALLOWED_EMPTY


def state_of(rules: Rules, before: State, value: float) -> State:
    """Alert, Warn or OK of a value; a state is left only when its recovery threshold is passed."""
    if crosses(rules.comparator, value, rules.critical):
        return "Alert"
    in_warning = rules.warning is not None and crosses(rules.comparator, value, rules.warning)
    if before == "Alert" and not in_warning and not _recovers(rules.comparator, value, rules.critical_recovery):
        return "Alert"
    if in_warning:
        return "Warn"
    if before == "Warn" and not _recovers(rules.comparator, value, rules.warning_recovery):
        return "Warn"
    return "OK"


def crosses(comparator: Comparator, value: float, threshold: float) -> bool:
    """Whether the comparison holds."""
    match comparator:
        case ">":
            return value > threshold
        case ">=":
            return value >= threshold
        case "<":
            return value < threshold
        case "<=":
            return value <= threshold
        case "==":
            return value == threshold
        case "!=":
            return value != threshold


def _recovers(comparator: Comparator, value: float, recovery: float | None) -> bool:
    """Whether a value that no longer crosses the threshold has passed the recovery threshold as well."""
    if recovery is None:
        return True
    match comparator:
        case ">":
            return value <= recovery
        case ">=":
            return value < recovery
        case "<":
            return value >= recovery
        case "<=":
            return value > recovery
        case _:
            return True


def _without_data(
    rules: Rules, before: GroupState, at: int, group: tuple[str, ...]
) -> tuple[GroupState, Transition | None]:
    never = before.last_data is None
    silent_s = 0 if before.last_data is None else at - before.last_data
    if rules.missing == "zero":
        return _moved(rules, replace(before, value=0.0), state_of(rules, before.state, 0.0), at, group)
    if rules.resolve_after_s and silent_s >= rules.resolve_after_s and before.state in ("Alert", "Warn"):
        return _moved(rules, before, "OK", at, group)
    if rules.missing == "resolve" and not never:
        return _moved(rules, before, "OK", at, group)
    if rules.missing == "no data" and not never and silent_s >= rules.no_data_after_s:
        return _moved(rules, replace(before, value=None), "No Data", at, group)
    return _moved(rules, before, before.state, at, group)


def _moved(
    rules: Rules, before: GroupState, state: State, at: int, group: tuple[str, ...]
) -> tuple[GroupState, Transition | None]:
    """Enter a state, or stay in it: then the notice may be due again."""
    if state == before.state:
        return _repeated(rules, before, at, group)
    is_bad = state in ("Alert", "Warn") or (state == "No Data" and rules.notifies_no_data)
    was_bad = before.notified != "OK"
    triggered = at if is_bad and not was_bad else before.triggered
    notifies = is_bad or (state == "OK" and was_bad)
    after = replace(
        before,
        state=state,
        since=at,
        triggered=None if state == "OK" else triggered,
        notified=state if notifies else before.notified,
        last_notified=at if notifies else before.last_notified,
        repeats=0,
    )
    return after, Transition(
        at=at,
        group=group,
        previous=before.state,
        current=state,
        value=before.value,
        threshold=rules.warning if state == "Warn" else rules.critical,
        first_triggered=triggered if is_bad else before.triggered,
        notifies=notifies,
    )


def _repeated(
    rules: Rules, before: GroupState, at: int, group: tuple[str, ...]
) -> tuple[GroupState, Transition | None]:
    due = (
        rules.renotify_s
        and before.state in rules.renotify_states
        and before.notified == before.state
        and before.last_notified is not None
        and at - before.last_notified >= rules.renotify_s
        and (rules.renotify_occurrences is None or before.repeats < rules.renotify_occurrences)
    )
    if not due:
        return before, None
    after = replace(before, last_notified=at, repeats=before.repeats + 1)
    return after, Transition(
        at=at,
        group=group,
        previous=before.state,
        current=before.state,
        value=before.value,
        threshold=rules.warning if before.state == "Warn" else rules.critical,
        first_triggered=before.triggered,
        notifies=True,
        is_renotify=True,
    )
