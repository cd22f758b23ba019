"""slo-without-thresholds: an objective without a target."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_slo, thresholds_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if not thresholds_of(subject):
        yield Flaw("the objective has no target", ("thresholds",))


RULE = Rule(
    id="slo-without-thresholds",
    severity="error",
    title="An objective without a target",
    why="Datadog refuses it: an objective needs at least one threshold.",
    fix="add `thresholds` with `timeframe` and `target`",
    source="grosser/kennel 2.22 (thresholds_empty)",
    applies=is_slo,
    check=_check,
    bad=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: '
        '"sum:b{*}.as_count()"}, tags: [], thresholds: []}'
    ),
    good=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", denominator: '
        '"sum:b{*}.as_count()"}, tags: [], thresholds: [{target: 99.9}]}'
    ),
)
