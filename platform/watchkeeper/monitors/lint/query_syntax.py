"""query-syntax: Datadog would refuse the query with nothing but "invalid"."""

from collections.abc import Iterator

from watchkeeper.errors import Problem
from watchkeeper.monitors.model import Monitor
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import METRIC_TYPES, parse_monitor_query


def check(monitor: Monitor) -> Iterator[Problem]:
    """A metric monitor's query that cannot be read; other types are not looked at yet."""
    if monitor.type not in METRIC_TYPES:
        return
    try:
        parse_monitor_query(monitor.query, monitor.type)
    except QuerySyntaxError as err:
        what = f"{err.message} (character {err.column} of the query)"
        yield Problem(what, monitor.entry.where("query"), fix=err.fix, rule="query-syntax")
