"""Faults of queries, seeded by text."""

import re
from collections.abc import Mapping

from tests.monitors.lint.mutation import (
    END,
    METRIC,
    Body,
    comparison,
    is_metric,
    limits,
    mutator,
    options,
    query,
    thresholds,
)


@mutator("query-syntax")
def _(body: Body) -> Body | None:
    return query(body, r"\)\s*(?=[><=!]+\s*-?[\d.]+\s*$)", " ") or query(body, r"\{", "")


@mutator("default-zero-missing-data")
def _(body: Body) -> Body | None:
    if not is_metric(body):
        return None
    changed = query(body, f"({METRIC.pattern})(?! by)(?!\\.)", r"default_zero(\1)")
    cleared = changed and options(changed, notify_no_data=None, no_data_timeframe=None, timeout_h=None)
    return cleared and options(cleared, on_missing_data="show_no_data")


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
    changed = query(body, END.pattern, r"\1 60")
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
    return query(body, f"({METRIC.pattern}(?: by ?{{[^}}]*}})?)", r"autosmooth(\1)") if is_metric(body) else None


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
    return query(body, f"({METRIC.pattern}(?: by ?{{[^}}]*}})?)", r"timeshift(\1, 86400)") if is_metric(body) else None


@mutator("rollup-longer-than-window")
def _(body: Body) -> Body | None:
    changed = query(body, f"({METRIC.pattern}(?:\\s*by\\s*{{[^}}]*}})?)(?!\\s*by|\\.)", r"\1.rollup(avg, 86400)")
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


@mutator("pct-change-impossible")
def _(body: Body) -> Body | None:
    if not is_metric(body):
        return None
    pattern = r"(?s)^\s*\w+\(last_\w+\):(.*?)\s*(?:>=|<=|==|!=|>|<)\s*-?[\d.]+\s*$"
    changed = query(body, pattern, r"pct_change(avg(last_5m),last_1h):\1 < -100")
    return changed and options(changed, thresholds={"critical": -100})


@mutator("percentile-of-gauge")
def _(body: Body) -> Body | None:
    return query(body, METRIC.pattern, "p95:aws.rds.freeable_memory{*}") if is_metric(body) else None


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
