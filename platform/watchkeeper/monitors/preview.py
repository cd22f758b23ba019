"""What people would receive from a monitor, with sample values, before it has ever fired. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from math import isnan
from typing import Final, Literal, get_args

from watchkeeper.monitors.alerting import any_query, monitor_rules
from watchkeeper.monitors.playback import Notice, notice_of
from watchkeeper.monitors.rules import Rules, State
from watchkeeper.monitors.state import Transition
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.forms import CheckQuery, CompositeQuery, crosses
from watchkeeper.query.visit import group_by_of

TransitionName = Literal["alert", "warning", "no-data", "renotify", "recovery"]
NAMES: Final[tuple[TransitionName, ...]] = get_args(TransitionName)
_SAMPLE_THRESHOLD: Final = 100.0
_TRIGGERED_S: Final = 600
"""How long before a recovery or a repetition the sample alert began."""


def names_of(subject: Subject) -> list[TransitionName]:
    """The transitions of which this monitor tells people. Raises QuerySyntaxError."""
    rules = monitor_rules(subject.definition)
    told: list[TransitionName] = ["alert"]
    if rules.warning is not None:
        told.append("warning")
    if rules.notifies_no_data:
        told.append("no-data")
    if rules.renotify_s:
        told.append("renotify")
    return [*told, "recovery"]


def sample_notice(
    subject: Subject, name: TransitionName, at: int, *, group: Sequence[str] = (), value: float | None = None
) -> Notice:
    """Title, message and recipients of one transition.

    at: Unix seconds. group: tags of the group, made up from the query's keys where none is given. value: of the query,
    else one that fits the transition. Raises QuerySyntaxError, MessageSyntaxError.
    """
    rules = _with_a_threshold(monitor_rules(subject.definition))
    states: dict[TransitionName, tuple[State, State]] = {
        "alert": ("OK", "Alert"),
        "warning": ("OK", "Warn"),
        "no-data": ("OK", "No Data"),
        "renotify": ("Alert", "Alert"),
        "recovery": ("Alert", "OK"),
    }
    previous, current = states[name]
    began = at - _TRIGGERED_S if name in ("renotify", "recovery") else at
    return notice_of(
        subject,
        Transition(
            at=at,
            group=tuple(group) or sample_group(subject),
            previous=previous,
            current=current,
            value=_value(subject, rules, current) if value is None else value,
            threshold=rules.warning if current == "Warn" else rules.critical,
            first_triggered=began,
            notifies=True,
            is_renotify=name == "renotify",
        ),
    )


def _with_a_threshold(rules: Rules) -> Rules:
    """A threshold that a query computes has no number before there is data; the sample shows 100."""
    return replace(rules, critical=_SAMPLE_THRESHOLD) if isnan(rules.critical) else rules


def sample_group(subject: Subject) -> tuple[str, ...]:
    """Of what people are told: a value from the monitor's own tags where it has the key, else `example`."""
    tags = [str(tag) for tag in subject.definition.get("tags") or ()]
    bundled = monitor_rules(subject.definition).bundled_by
    keys = group_by_of(any_query(subject.definition)) if bundled is None else bundled
    return tuple(next((tag for tag in tags if tag.startswith(f"{key}:")), f"{key}:example") for key in keys)


def _value(subject: Subject, rules: Rules, state: State) -> float | None:
    """Composites and service checks have no value."""
    has_value = not isinstance(any_query(subject.definition), CompositeQuery | CheckQuery)
    return sample_value(rules, state) if has_value else None


def sample_value(rules: Rules, state: State) -> float | None:
    """A value that puts a monitor into a state."""
    step = abs(rules.critical) * 0.2 or 1.0
    match state:
        case "Alert":
            return next(value for value in _around(rules.critical, step) if _alerts(rules, value))
        case "Warn":
            return None if rules.warning is None else (rules.warning + rules.critical) / 2
        case "OK":
            edge = next(each for each in (rules.warning, rules.critical_recovery, rules.critical) if each is not None)
            return next(value for value in _around(edge, step) if not _alerts(rules, value))
        case "No Data":
            return None


def _around(value: float, step: float) -> tuple[float, float, float]:
    return value - step, value + step, value


def _alerts(rules: Rules, value: float) -> bool:
    return crosses(rules.comparator, value, rules.critical)
