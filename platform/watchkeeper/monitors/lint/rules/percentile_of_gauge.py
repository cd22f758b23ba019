"""percentile-of-gauge: a percentile of a metric that has none."""

import re
from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        facts = context.catalogue.get(metric.name)
        if facts is not None and facts.kind != "distribution" and re.fullmatch(r"p\d.*", metric.aggregator):
            yield Flaw(f"`{metric.name}` is a {facts.kind}, it has no {metric.aggregator}", QUERY, offset=metric.at)


RULE = Rule(
    id="percentile-of-gauge",
    severity="error",
    title="A percentile of a metric that has none",
    why=("Only distributions keep what a percentile needs; of a gauge or count there is never data."),
    fix=("use the metric of that percentile, such as `target_response_time.p95`, or another aggregator"),
    source='Datadog documentation, "Distributions"',
    applies=lambda subject: bool(metrics_of(subject)),
    check=_check,
    bad='query: "avg(last_5m):p95:aws.rds.read_latency{*} > 0.5"',
    good='query: "avg(last_5m):max:aws.rds.read_latency{*} > 0.5"',
)
