"""slo-target: an objective that is no percentage below 100."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_slo, thresholds_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject, as_number


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for index, threshold in enumerate(thresholds_of(subject)):
        target = as_number(threshold.get("target"))
        if target is None or not 0 < target < 100:  # noqa: PLR2004 - percent
            yield Flaw(f"a target of {threshold.get('target')} %", ("thresholds", index, "target"))


RULE = Rule(
    id="slo-target",
    severity="error",
    title="An objective that is no percentage below 100",
    why="Datadog takes targets above 0 and below 100; at 100 there is no budget to burn.",
    fix="give a percentage such as 99.9, not a ratio of 1",
    source=("grosser/kennel 2.22 (threshold_target_invalid); recorded answers of POST /api/v1/slo"),
    applies=is_slo,
    check=_check,
    bad=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: '
        '"sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 100}]}'
    ),
    good=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: '
        '"sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9}]}'
    ),
)
