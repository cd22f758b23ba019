"""misleading-aggregator: an aggregator that makes no sense for the metric."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.ranges import reports_silence
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject) if not reports_silence(subject) else ():
        facts = context.catalogue.get(metric.name)
        if facts is None or metric.aggregator not in facts.avoid or (metric.aggregator == "sum" and metric.by):
            continue
        what = f"`{metric.aggregator}` of `{metric.name}` misleads: {facts.means[:1].lower()}{facts.means[1:]}"
        yield Flaw(what, QUERY, offset=metric.at, fix=f"use {' or '.join(facts.sensible)}")


RULE = Rule(
    id="misleading-aggregator",
    severity="warning",
    title="An aggregator that makes no sense for the metric",
    why=("The average of one controller among three brokers is 0.33; the sum of percentages is no percentage."),
    fix="use an aggregator that fits what the metric counts",
    source="sensible aggregators in the metric catalogue",
    applies=lambda subject: bool(metrics_of(subject)),
    check=_check,
    bad='query: "max(last_5m):avg:aws.kafka.active_controller_count{*} by {cluster_name} < 1"',
    good='query: "max(last_5m):sum:aws.kafka.active_controller_count{*} by {cluster_name} < 1"',
)
