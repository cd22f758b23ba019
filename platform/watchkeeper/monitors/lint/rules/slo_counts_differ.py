"""slo-counts-differ: numerator and denominator look at different groups or services."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import demanded, is_slo, slo_metrics
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import Metric

_OWNERS: Final = ("env", "service")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    metrics = list(slo_metrics(subject))
    for path, metric in metrics[1:]:
        if _looks_at(metric) != _looks_at(metrics[0][1]):
            yield Flaw(f"`{metric.name}` looks at something else than `{metrics[0][1].name}`", path, offset=metric.at)


def _looks_at(metric: Metric) -> tuple[frozenset[str], frozenset[str]]:
    tags = {f"{tag.key}:{tag.value}" for tag, is_wanted in demanded(metric.scope) if is_wanted and tag.key in _OWNERS}
    return frozenset(metric.by), frozenset(tags)


RULE = Rule(
    id="slo-counts-differ",
    severity="warning",
    title="Numerator and denominator look at different groups or services",
    why=(
        "The share of one service's good events in another one's total means nothing, and groups that "
        "have no partner drop out."
    ),
    fix="give both the same `env`, `service` and `by`",
    source='Datadog documentation, "Metric-based SLOs" (multi-group)',
    applies=is_slo,
    check=_check,
    bad=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{env:prod}.as_count()", '
        'denominator: "sum:b{env:dev}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: '
        "99.9}]}"
    ),
    good=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{env:prod}.as_count()", '
        'denominator: "sum:b{env:prod}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: '
        "99.9}]}"
    ),
)
