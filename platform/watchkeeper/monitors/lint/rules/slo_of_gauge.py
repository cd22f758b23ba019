"""slo-of-gauge: an objective that counts what is no count."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_slo, slo_metrics
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    for path, metric in slo_metrics(subject):
        facts = context.catalogue.get(metric.name)
        if facts is not None and facts.kind == "gauge":
            yield Flaw(f"`{metric.name}` is a gauge", path, offset=metric.at)


RULE = Rule(
    id="slo-of-gauge",
    severity="error",
    title="An objective that counts what is no count",
    why=(
        "Numerator and denominator are summed over the time-frame; the sum of a gauge depends on how "
        "often it was sampled and counts no events."
    ),
    fix=(
        "count events: a metric of kind count or rate, with `.as_count()`; for a gauge take an "
        "objective on slices of time"
    ),
    source=('Datadog documentation, "Metric-based SLOs" (queries must use COUNT, RATE or DISTRIBUTION metrics)'),
    applies=is_slo,
    check=_check,
    bad=(
        "{kind: slo, name: Availability, type: metric, query: {numerator: "
        '"sum:system.load.1{*}.as_count()", denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: '
        "[{timeframe: 30d, target: 99.9}]}"
    ),
    good=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", '
        'denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9}]}'
    ),
)
