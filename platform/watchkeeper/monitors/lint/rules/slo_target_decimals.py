"""slo-target-decimals: a target with more than three decimals."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import is_slo, thresholds_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject, as_number

_DECIMALS: Final = 3
_SMALL: Final = 1e-9


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for index, threshold in enumerate(thresholds_of(subject)):
        target = as_number(threshold.get("target"))
        if target is not None and abs(round(target, _DECIMALS) - target) > _SMALL:
            yield Flaw(f"{threshold.get('target')} has more than three decimals", ("thresholds", index, "target"))


RULE = Rule(
    id="slo-target-decimals",
    severity="warning",
    title="A target with more than three decimals",
    why="Datadog takes up to three decimal places for an objective on counts.",
    fix="round it: 99.995 and not 99.9954",
    source='Datadog documentation, "Metric-based SLOs" (set your SLO targets)',
    applies=is_slo,
    check=_check,
    bad=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", '
        'denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9954}]}'
    ),
    good=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", '
        'denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.995}]}'
    ),
)
