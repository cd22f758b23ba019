"""slo-warning: the warning of an objective is not above its target."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_slo, thresholds_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject, as_number


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for index, threshold in enumerate(thresholds_of(subject)):
        target, warning = as_number(threshold.get("target")), as_number(threshold.get("warning"))
        if target is not None and warning is not None and warning <= target:
            what = f"a warning at {warning:g} % does not come before the target of {target:g} %"
            yield Flaw(what, ("thresholds", index, "warning"))


RULE = Rule(
    id="slo-warning",
    severity="error",
    title="The warning of an objective is not above its target",
    why=("A warning is given while the budget is not yet used up, so it must be the higher percentage."),
    fix="raise `warning` above `target`",
    source=("OpenAPI of datadog-api-client 2.62.0, SLOThreshold; grosser/kennel 2.22 (warning_must_be_gt_critical)"),
    applies=is_slo,
    check=_check,
    bad=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: '
        '"sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9, warning: 99}]}'
    ),
    good=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: '
        '"sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9, warning: 99.95}]}'
    ),
)
