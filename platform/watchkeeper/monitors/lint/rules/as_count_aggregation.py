"""as-count-aggregation: `as_count()` with another time aggregation than `sum`."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, is_anomaly, metrics_of, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import MonitorQuery


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if isinstance(query, MonitorQuery) and query.aggregator != "sum" and query.window.kind != "next":
        yield Flaw(f"`{query.aggregator}` of counts, `sum` is meant", QUERY, offset=0)


RULE = Rule(
    id="as-count-aggregation",
    severity="warning",
    title="`as_count()` with another time aggregation than `sum`",
    why=("Counts of a window are added up; their average or maximum depends on how long a bucket happens to be."),
    fix="begin with `sum(last_...)`",
    source='Datadog documentation, "as_count() in monitor evaluations"',
    applies=lambda subject: (
        isinstance(subject.query, MonitorQuery)
        and not is_anomaly(subject)
        and any(metric.is_count for metric in metrics_of(subject))
    ),
    check=_check,
    bad='query: "avg(last_5m):sum:aws.applicationelb.request_count{*}.as_count() > 100"',
    good='query: "sum(last_5m):sum:aws.applicationelb.request_count{*}.as_count() > 100"',
)
