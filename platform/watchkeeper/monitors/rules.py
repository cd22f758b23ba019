"""How a monitor's options move it between its states, as numbers and words that need no further reading.

Source: Datadog documentation, "Configure monitors"; OpenAPI v1 of datadog-api-client 2.62.0 (MonitorOptions);
read 2026-11.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from watchkeeper.query.ast import Comparator
from watchkeeper.query.forms import crosses, window_of
from watchkeeper.query.searched import facet_key

State = Literal["OK", "Warn", "Alert", "No Data"]
SEVERITY: Final[Mapping[State, int]] = {"OK": 0, "No Data": 1, "Warn": 2, "Alert": 3}
Missing = Literal["value", "keep", "no data", "resolve"]
_STATUS: Final[Mapping[str, State]] = {"alert": "Alert", "warn": "Warn", "no data": "No Data"}
_ON_MISSING: Final[Mapping[str, Missing]] = {
    "show_no_data": "no data",
    "show_and_notify_no_data": "no data",
    "resolve": "resolve",
}
_NEW_HOST_DELAY_S: Final = 300
_HOST: Final = "host"
_ALL_GROUPS: Final = "*"
FORGET_AFTER_S: Final = 24 * 3600
"""A group that has been silent for so long leaves the monitor, where the monitor does not say it."""
_SHORTEST_RETENTION_S: Final = 3600
_LONGEST_RETENTION_S: Final = 72 * 3600
RETAINING: Final = (
    "audit alert", "ci-pipelines alert", "ci-tests alert", "error-tracking alert", "event-v2 alert", "log alert",
    "rum alert", "trace-analytics alert",
)  # fmt: skip
"""Types of monitors that take `group_retention_duration`."""
RENOTIFY_FOR_S: Final = 30 * 3600
"""How long an alert is repeated where the monitor does not say how often. Source: the web form, read 2026-11."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A monitor's options as the state machine needs them. Times in seconds.

    recovery_comparator: how a value must lie to its recovery threshold, as if that were the threshold of an alert.
    missing: what silence means; `value`: it counts as missing_value. no_data_after_s: from the last evaluation that had
    data in its window until silence is No Data. forget_after_s: from there until a group leaves the monitor.
    bundled_by: the keys whose groups are told of together, () for all groups at once; None where each tells for itself.
    """

    comparator: Comparator
    critical: float
    recovery_comparator: Comparator | None = None
    critical_recovery: float | None = None
    warning: float | None = None
    warning_recovery: float | None = None
    missing: Missing = "keep"
    missing_value: float = 0.0
    notifies_no_data: bool = False
    no_data_after_s: int = 0
    renotify_s: int = 0
    renotify_occurrences: int | None = None
    renotify_states: tuple[State, ...] = ("Alert", "No Data")
    resolve_after_s: int = 0
    requires_full_window: bool = False
    new_group_delay_s: int = 0
    forget_after_s: int = FORGET_AFTER_S
    bundled_by: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the query says that the options do not.

    recovery_comparator: where it is not the comparator; None where it is.
    value_of_silence: what the query gives where no series has a sample: 0 when it counts, the default of
    `default_zero`; None for every other query.
    """

    comparator: Comparator
    critical: float
    recovery_comparator: Comparator | None = None
    window_s: int = 0
    group_keys: tuple[str, ...] = ()
    value_of_silence: float | None = None


def rules_of(definition: Mapping[str, Any], asked: Asked) -> Rules:
    """The rules that a monitor's JSON declares."""
    options = definition.get("options") or {}
    thresholds = options.get("thresholds") or {}
    missing = options.get("on_missing_data") or "default"
    by_default: Missing = "keep" if asked.value_of_silence is None else "value"
    return Rules(
        comparator=asked.comparator,
        critical=asked.critical,
        recovery_comparator=asked.recovery_comparator,
        critical_recovery=_number(thresholds.get("critical_recovery")),
        warning=_number(thresholds.get("warning")),
        warning_recovery=_number(thresholds.get("warning_recovery")),
        missing="no data" if options.get("notify_no_data") else _ON_MISSING.get(missing, by_default),
        missing_value=asked.value_of_silence or 0.0,
        notifies_no_data=bool(options.get("notify_no_data")) or missing == "show_and_notify_no_data",
        no_data_after_s=_no_data_after_s(options, asked.window_s),
        resolve_after_s=3600 * int(options.get("timeout_h") or 0),
        # The server ignores it where a schedule says when to evaluate.
        requires_full_window=bool(options.get("require_full_window")) and not _has_schedule(options),
        new_group_delay_s=new_group_delay_s(options, asked.group_keys),
        forget_after_s=_forget_after_s(definition),
        bundled_by=bundled_by(options, asked.group_keys),
        **renotify_rules(options),
    )


def bundled_by(options: Mapping[str, Any], group_keys: tuple[str, ...]) -> tuple[str, ...] | None:
    """The keys of `notify_by`, in the order of the groups; None where every group tells for itself."""
    asked = [facet_key(str(key)) for key in options.get("notify_by") or ()]
    if not asked and options.get("groupby_simple_monitor"):
        asked = [_ALL_GROUPS]
    if not (asked and group_keys):
        return None
    if _ALL_GROUPS in asked:
        return ()
    kept = tuple(key for key in group_keys if key in asked)
    return None if not kept or kept == group_keys else kept


def _forget_after_s(definition: Mapping[str, Any]) -> int:
    given = (definition.get("options") or {}).get("group_retention_duration")
    window = window_of(str(given)) if given and definition.get("type") in RETAINING else None
    if window is None:
        return FORGET_AFTER_S
    return min(max(window.seconds, _SHORTEST_RETENTION_S), _LONGEST_RETENTION_S)


def renotify_rules(options: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the rules that says when a notice is repeated; also a composite's and a check's."""
    statuses = options.get("renotify_statuses") or ("alert", "no data")
    return {
        "renotify_s": 60 * int(options.get("renotify_interval") or 0),
        "renotify_occurrences": options.get("renotify_occurrences"),
        "renotify_states": tuple(_STATUS[status] for status in statuses if status in _STATUS),
    }


def new_group_delay_s(options: Mapping[str, Any], group_keys: tuple[str, ...]) -> int:
    """How long a new group is not evaluated. The legacy option speaks of hosts only, and any new one overrides it."""
    given = options.get("new_group_delay")
    if given is not None:
        return int(given)
    if _HOST not in group_keys:
        return 0
    legacy = options.get("new_host_delay")
    return _NEW_HOST_DELAY_S if legacy is None else int(legacy)


def _no_data_after_s(options: Mapping[str, Any], window_s: int) -> int:
    """The time-frame counts from the last sample; an evaluation sees that one for as long as its window is."""
    if not options.get("notify_no_data"):
        return 0
    timeframe = options.get("no_data_timeframe")
    # OpenAPI: twice the window where it is left out.
    timeframe_s = 2 * window_s if timeframe is None else 60 * int(timeframe)
    return max(0, timeframe_s - window_s)


def _has_schedule(options: Mapping[str, Any]) -> bool:
    return bool((options.get("scheduling_options") or {}).get("custom_schedule"))


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


def has_recovered(rules: Rules, value: float, threshold: float, recovery: float | None) -> bool:
    """Whether a value has left a state: its recovery threshold is passed, or its threshold where it has none."""
    if recovery is None:
        return not crosses(rules.comparator, value, threshold)
    return recovers(rules.recovery_comparator or rules.comparator, value, recovery)


def recovers(comparator: Comparator, value: float, recovery: float) -> bool:
    """Whether a value has passed a recovery threshold."""
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
