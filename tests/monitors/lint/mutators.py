"""Faults that are seeded into valid monitors, by text and by JSON alone, without a look at the rules.

A mutator gets a monitor's JSON and gives the faulty one, or None where the fault has no place in it.
"""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

Body = dict[str, Any]
Mutator = Callable[[Body], Body | None]

MUTATORS: Final[dict[str, Mutator]] = {}
"""By the id of the rule that must find the fault."""

_END: Final = re.compile(r"(>=|<=|==|!=|>|<)\s*(-?[0-9.]+(?:e[-+]?\d+)?)\s*$")
_METRIC: Final = re.compile(r"\b(?:avg|sum|min|max):[A-Za-z_][\w.]*\{[^}]*\}")


def mutator(rule: str) -> Callable[[Mutator], Mutator]:
    """Registers a mutator for a rule; it gets a copy that it may change."""

    def register(function: Mutator) -> Mutator:
        def mutate(body: Body) -> Body | None:
            return function(deepcopy(body)) if is_slo(body) == rule.startswith("slo-") else None

        MUTATORS[rule] = mutate
        return function

    return register


def options(body: Body, **changes: object) -> Body:
    """The monitor with changed options; a value of None takes one away."""
    body["options"] = {**(body.get("options") or {}), **changes}
    body["options"] = {key: value for key, value in body["options"].items() if value is not None}
    return body


def limits(body: Body) -> Mapping[str, Any]:
    """The thresholds."""
    return (body.get("options") or {}).get("thresholds") or {}


def thresholds(body: Body, **changes: object) -> Body:
    """The monitor with changed thresholds."""
    return options(body, thresholds={**limits(body), **changes})


def query(body: Body, pattern: str, replacement: str) -> Body | None:
    """The monitor with the first match of its query replaced; None where nothing matches."""
    text, count = re.subn(pattern, replacement, body.get("query", ""), count=1)
    return {**body, "query": text} if count else None


def comparison(body: Body) -> tuple[str, float] | None:
    """How the query ends."""
    found = _END.search(body.get("query", ""))
    return (found[1], float(found[2])) if found else None


def is_metric(body: Body) -> bool:
    """A plain monitor on metrics: no change, anomalies, outliers or forecast."""
    special = ("anomalies(", "outliers(", "forecast(", "change(", "formula(")
    return body.get("type") in ("query alert", "metric alert") and not any(word in body["query"] for word in special)


def beyond(body: Body, *, is_equal: bool = False) -> float | None:
    """A number on the alerting side of the threshold."""
    ends = comparison(body)
    if ends is None or ends[0] in ("==", "!="):
        return None
    step = 0.0 if is_equal else max(abs(ends[1]), 1.0)
    return ends[1] + step if ends[0].startswith(">") else ends[1] - step


@mutator("query-syntax")
def _(body: Body) -> Body | None:
    return query(body, r"\)\s*(?=[><=!]+\s*-?[\d.]+\s*$)", " ") or query(body, r"\{", "")


@mutator("threshold-mismatch")
def _(body: Body) -> Body | None:
    ends = comparison(body)
    critical = limits(body).get("critical")
    if ends is None or critical is None or "warning" in limits(body):
        return None
    return _moved(body, ends)


def _moved(body: Body, ends: tuple[str, float]) -> Body | None:
    """Away from the recovery threshold, so that only the mismatch is left."""
    if "anomalies(" in body["query"] or "outliers(" in body["query"]:
        return None
    number = ends[1] + 1 if ends[0].startswith(">") else ends[1] - 1
    return query(body, _END.pattern, rf"\1 {number:g}")


@mutator("warning-without-critical")
def _(body: Body) -> Body | None:
    ends = comparison(body)
    if ends is None or body["type"] == "service check":
        return None
    return options(body, thresholds={"warning": ends[1]})


@mutator("warning-beyond-critical")
def _(body: Body) -> Body | None:
    value = beyond(body)
    if value is None or "warning_recovery" in limits(body):
        return None
    return thresholds(body, warning=value)


@mutator("recovery-overlap")
def _(body: Body) -> Body | None:
    value = beyond(body)
    return thresholds(body, critical_recovery=value) if value is not None and body["type"] != "event-v2 alert" else None


@mutator("recovery-without-threshold")
def _(body: Body) -> Body | None:
    if comparison(body) is None or "warning" in limits(body) or body["type"] == "event-v2 alert":
        return None
    return thresholds(body, warning_recovery=limits(body).get("critical_recovery", 0))


@mutator("event-recovery")
def _(body: Body) -> Body | None:
    ends = comparison(body)
    if ends is None or body["type"] != "event-v2 alert":
        return None
    return thresholds(body, critical_recovery=ends[1] if ends[0].startswith(">") else ends[1] + 1)


@mutator("unknown-option")
def _(body: Body) -> Body | None:
    return options(body, evaluation_dealy=60)


@mutator("option-not-for-type")
def _(body: Body) -> Body | None:
    if body["type"] in ("service check", "composite", "slo alert"):
        return options(body, on_missing_data="default", notify_no_data=None, no_data_timeframe=None)
    return options(body, min_location_failed=2)


@mutator("threshold-not-a-number")
def _(body: Body) -> Body | None:
    return thresholds(body, critical="many") if "critical" in limits(body) else None


@mutator("monitor-type")
def _(body: Body) -> Body | None:
    return {**body, "type": body["type"].replace(" ", "-")} if " " in body["type"] else None


@mutator("name-starts-with-space")
def _(body: Body) -> Body | None:
    return {**body, "name": f" {body['name']}"} if body.get("name") else None


@mutator("timeout-too-long")
def _(body: Body) -> Body | None:
    return options(body, timeout_h=48) if (body.get("options") or {}).get("on_missing_data") != "resolve" else None


@mutator("no-data-timeframe-too-long")
def _(body: Body) -> Body | None:
    if body["type"] == "log alert":
        return None
    return options(body, on_missing_data=None, notify_no_data=True, no_data_timeframe=10_080)


@mutator("log-no-data-timeframe")
def _(body: Body) -> Body | None:
    return options(body, on_missing_data=None, no_data_timeframe=30) if body["type"] == "log alert" else None


@mutator("two-group-delays")
def _(body: Body) -> Body | None:
    return options(body, new_group_delay=60, new_host_delay=300)


@mutator("two-no-data-ways")
def _(body: Body) -> Body | None:
    has_it = (body.get("options") or {}).get("on_missing_data")
    return options(body, notify_no_data=True) if has_it else None


@mutator("resolve-with-timeout")
def _(body: Body) -> Body | None:
    has_it = (body.get("options") or {}).get("on_missing_data")
    if not has_it or "default_zero" in body["query"]:
        return None
    return options(body, on_missing_data="resolve", timeout_h=4)


@mutator("default-zero-missing-data")
def _(body: Body) -> Body | None:
    if not is_metric(body):
        return None
    changed = query(body, f"({_METRIC.pattern})(?! by)(?!\\.)", r"default_zero(\1)")
    cleared = changed and options(changed, notify_no_data=None, no_data_timeframe=None, timeout_h=None)
    return cleared and options(cleared, on_missing_data="show_no_data")


@mutator("composite-thresholds")
def _(body: Body) -> Body | None:
    return thresholds(body, critical=1) if body["type"] == "composite" else None


@mutator("anomaly-windows-differ")
def _(body: Body) -> Body | None:
    windows = (body.get("options") or {}).get("threshold_windows")
    if not isinstance(windows, Mapping) or "alert_window" not in body["query"]:
        return None
    return options(body, threshold_windows={**windows, "trigger_window": "last_47m"})


@mutator("anomaly-interval")
def _(body: Body) -> Body | None:
    return query(body, r"interval=\d+", "interval=36000") if "anomalies(" in body.get("query", "") else None


@mutator("anomaly-window")
def _(body: Body) -> Body | None:
    if "alert_window" not in body.get("query", ""):
        return None
    return query(body, r"^\s*(\w+)\(last_\w+\)", r"\1(last_1m)")


@mutator("anomaly-fraction")
def _(body: Body) -> Body | None:
    if "anomalies(" not in body.get("query", "") or "critical" not in limits(body):
        return None
    ends = comparison(body)
    if ends is None or not ends[0].startswith(">"):
        return None
    changed = query(body, _END.pattern, r"\1 60")
    return changed and thresholds(changed, critical=60)


@mutator("outlier-without-groups")
def _(body: Body) -> Body | None:
    if not is_metric(body) or " by" in body["query"]:
        return None
    changed = query(body, r"(?s)\):(.*?)\s*(?:>=|<=|>|<|==|!=)\s*-?[\d.]+\s*$", r"):outliers(\1, 'DBSCAN', 3) > 0")
    return changed and options(changed, thresholds={"critical": 0})


@mutator("outlier-threshold")
def _(body: Body) -> Body | None:
    if not is_metric(body) or " by" not in body["query"]:
        return None
    changed = query(body, r"(?s)\):(.*?)\s*(?:>=|<=|>|<|==|!=)\s*-?[\d.]+\s*$", r"):outliers(\1, 'MAD', 3, 50) > 7")
    return changed and options(changed, thresholds={"critical": 7}, notify_by=None)


@mutator("forecast-operand")
def _(body: Body) -> Body | None:
    if not is_metric(body):
        return None
    pattern = r"(?s)^\s*\w+\(last_\w+\):(.*?)\s*((?:>=|<=|>|<)\s*-?[\d.]+)\s*$"
    return query(body, pattern, r"max(next_1w):forecast(cumsum(\1), 'linear', 1, interval='60m') \2")


@mutator("autosmooth-in-monitor")
def _(body: Body) -> Body | None:
    return query(body, f"({_METRIC.pattern}(?: by ?{{[^}}]*}})?)", r"autosmooth(\1)") if is_metric(body) else None


@mutator("mixed-filter-signs")
def _(body: Body) -> Body | None:
    return query(body, r"(\b(?:avg|sum|min|max):[\w.]+\{)[^}]*\}", r"\1team:x,!role:db AND NOT zone:b}")


@mutator("scope-contradiction")
def _(body: Body) -> Body | None:
    return query(body, r"(\b(?:avg|sum|min|max):[\w.]+\{)[^}]*\}", r"\1team:x,!team:x}")


@mutator("groups-differ")
def _(body: Body) -> Body | None:
    if not is_metric(body):
        return None
    found = re.search(r"by\s*\{[^}]*\}", body["query"])
    if found is None or re.search(r"\b(?:sum|min|max|avg)\(", body["query"].split(":", 1)[1]):
        return None
    return query(body, r"\s*((?:>=|<=|>|<|==|!=)\s*-?[\d.]+\s*)$", r" + avg:system.load.1{*} by {a_key_of_its_own} \1")


@mutator("divides-by-zero")
def _(body: Body) -> Body | None:
    return query(body, r"\s*((?:>=|<=|>|<|==|!=)\s*-?[\d.]+\s*)$", r" / 0 \1") if is_metric(body) else None


@mutator("future-timeshift")
def _(body: Body) -> Body | None:
    return query(body, f"({_METRIC.pattern}(?: by ?{{[^}}]*}})?)", r"timeshift(\1, 86400)") if is_metric(body) else None


@mutator("rollup-longer-than-window")
def _(body: Body) -> Body | None:
    changed = query(body, f"({_METRIC.pattern}(?:\\s*by\\s*{{[^}}]*}})?)(?!\\s*by|\\.)", r"\1.rollup(avg, 86400)")
    return changed and query(changed, r"^\s*(\w+)\(last_\w+\)", r"\1(last_15m)") if is_metric(body) else None


@mutator("window-out-of-range")
def _(body: Body) -> Body | None:
    is_search = body["query"].lstrip().startswith(("logs(", "events("))
    return query(body, r'\.last\("\w+"\)', '.last("9d")') if is_search else None


@mutator("check-without-groups")
def _(body: Body) -> Body | None:
    return query(body, r"\.by\([^)]*\)", "") if body["type"] == "service check" else None


@mutator("check-last")
def _(body: Body) -> Body | None:
    changed = query(body, r"\.last\(\d+\)", ".last(2)") if body["type"] == "service check" else None
    return changed and thresholds(changed, critical=3)


@mutator("formula-variable")
def _(body: Body) -> Body | None:
    return query(body, r"formula\(([\"'])", r"formula(\1no_such_query + ")


@mutator("message-blocks")
def _(body: Body) -> Body | None:
    return {**body, "message": body.get("message", "") + "\n{{#is_alert}} look at once"}


@mutator("message-condition")
def _(body: Body) -> Body | None:
    return {**body, "message": body.get("message", "") + "\n{{#is_broken}}look{{/is_broken}}"}


@mutator("priority")
def _(body: Body) -> Body | None:
    return {**body, "priority": 9}


@mutator("evaluation-delay")
def _(body: Body) -> Body | None:
    return options(body, evaluation_delay=-60)


@mutator("notify-by")
def _(body: Body) -> Body | None:
    is_grouped = re.search(r"\bby\s*\{(?!\*)", body.get("query", "")) and is_metric(body)
    return options(body, notify_by=["no_such_key"]) if is_grouped else None


@mutator("group-retention")
def _(body: Body) -> Body | None:
    return options(body, group_retention_duration="14d")


@mutator("custom-schedule")
def _(body: Body) -> Body | None:
    schedule = {"recurrences": [{"rrule": "FREQ=DAILY;INTERVAL=1", "timezone": "UTC", "start": "2026-01-01T09:00:00"}]}
    return options(body, on_missing_data=None, scheduling_options={"custom_schedule": schedule})


@mutator("pct-change-impossible")
def _(body: Body) -> Body | None:
    if not is_metric(body):
        return None
    pattern = r"(?s)^\s*\w+\(last_\w+\):(.*?)\s*(?:>=|<=|==|!=|>|<)\s*-?[\d.]+\s*$"
    changed = query(body, pattern, r"pct_change(avg(last_5m),last_1h):\1 < -100")
    return changed and options(changed, thresholds={"critical": -100})


@mutator("percentile-of-gauge")
def _(body: Body) -> Body | None:
    return query(body, _METRIC.pattern, "p95:aws.rds.freeable_memory{*}") if is_metric(body) else None


@mutator("threshold-out-of-range")
def _(body: Body) -> Body | None:
    if not is_metric(body):
        return None
    busy = {**body, "query": "avg(last_5m):avg:aws.rds.cpuutilization{*} > 2000"}
    return options(
        busy,
        thresholds={"critical": 2000},
        notify_no_data=None,
        on_missing_data=None,
        notify_by=None,
        no_data_timeframe=None,
    )


@mutator("slo-target")
def _(body: Body) -> Body | None:
    return {**body, "thresholds": [{"timeframe": "30d", "target": 0}]} if is_slo(body) else None


@mutator("slo-warning")
def _(body: Body) -> Body | None:
    return {**body, "thresholds": [{"timeframe": "30d", "target": 95, "warning": 90}]} if is_slo(body) else None


@mutator("slo-without-thresholds")
def _(body: Body) -> Body | None:
    return {**body, "thresholds": []} if is_slo(body) else None


@mutator("slo-members")
def _(body: Body) -> Body | None:
    return {key: value for key, value in body.items() if key not in _MEMBERS} if is_slo(body) else None


_MEMBERS: Final = ("query", "sli_specification", "monitor_ids")


def is_slo(body: Body) -> bool:
    """An objective on counts."""
    return body.get("type") == "metric" and "thresholds" in body
