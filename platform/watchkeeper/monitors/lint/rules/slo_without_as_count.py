"""slo-without-as-count: a count of an objective that is not summed."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_slo, slo_metrics
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for path, metric in slo_metrics(subject):
        if metric.aggregator != "sum" or metric.method("as_count") is None:
            yield Flaw(f"`{metric.name}` is not summed as a count", path, offset=metric.at)


RULE = Rule(
    id="slo-without-as-count",
    severity="warning",
    title="A count of an objective that is not summed",
    why=(
        "Without `.as_count()`, or with another aggregator than `sum`, a rate is added up instead of "
        "events, or an average of them."
    ),
    fix="write `sum:...{...}.as_count()`",
    source=('Datadog documentation, "Metric-based SLOs"; recorded bodies of POST /api/v1/slo, all of which have it'),
    applies=is_slo,
    check=_check,
    bad=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}", denominator: '
        '"sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9}]}'
    ),
    good=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", '
        'denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9}]}'
    ),
)
