"""window-shorter-than-interval: a window that holds hardly one value."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, metrics_of, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import MonitorQuery


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if not isinstance(query, MonitorQuery) or query.window.kind != "last":
        return
    for metric in metrics_of(subject):
        facts = context.catalogue.get(metric.name)
        if facts is not None and query.window_s < 2 * facts.interval_s:
            what = f"`{metric.name}` comes every {facts.interval_s} s, {query.window.text} holds one value at best"
            yield Flaw(what, QUERY, offset=query.window.at)
            return


RULE = Rule(
    id="window-shorter-than-interval",
    severity="warning",
    title="A window that holds hardly one value",
    why=("The metric has a value each minute; a window of a minute is often empty, and the state flaps."),
    fix="take a window of at least two intervals",
    source='intervals in the metric catalogue; Datadog documentation, "Delayed metrics"',
    applies=lambda subject: isinstance(subject.query, MonitorQuery) and bool(metrics_of(subject)),
    check=_check,
    bad='query: "avg(last_1m):avg:aws.rds.cpuutilization{*} > 90"',
    good='query: "avg(last_5m):avg:aws.rds.cpuutilization{*} > 90"',
)
