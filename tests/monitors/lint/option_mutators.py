"""Faults of options, thresholds, messages and objectives, seeded into the JSON."""

import re
from typing import Final

from tests.monitors.lint.mutation import (
    END,
    Body,
    beyond,
    comparison,
    is_metric,
    is_slo,
    limits,
    mutator,
    options,
    query,
    thresholds,
)


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
    return query(body, END.pattern, rf"\1 {number:g}")


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
    if body["type"] not in ("service check", "composite", "slo alert"):
        return None
    return options(body, on_missing_data="default", notify_no_data=None, no_data_timeframe=None)


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


@mutator("composite-thresholds")
def _(body: Body) -> Body | None:
    return thresholds(body, critical=1) if body["type"] == "composite" else None


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
