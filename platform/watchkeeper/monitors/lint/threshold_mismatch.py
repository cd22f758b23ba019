"""threshold-mismatch: the query and `thresholds.critical` say different numbers; Datadog refuses that."""

from collections.abc import Iterator

from watchkeeper.errors import Problem
from watchkeeper.monitors.model import Monitor
from watchkeeper.query.forms import crosses
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import METRIC_TYPES, parse_monitor_query


def check(monitor: Monitor) -> Iterator[Problem]:
    """Critical is not the query's number, or warning lies beyond it."""
    thresholds = monitor.options.get("thresholds") or {}
    if monitor.type not in METRIC_TYPES or not thresholds:
        return
    try:
        query = parse_monitor_query(monitor.query, monitor.type)
    except QuerySyntaxError:
        return
    where = monitor.entry.where("options", "thresholds")
    critical, warning = thresholds.get("critical"), thresholds.get("warning")
    if critical is not None and float(critical) != query.threshold:
        what = f"thresholds.critical is {critical:g}, the query compares with {query.threshold:g}"
        yield Problem(what, where, fix="leave `critical` out: it is taken from the query", rule="threshold-mismatch")
    if warning is not None and crosses(query.comparator, float(warning), query.threshold):
        what = f"a warning at {warning:g} lies beyond the alert at {query.threshold:g}"
        yield Problem(what, where, fix="warn before the alert, not after it", rule="threshold-mismatch")
