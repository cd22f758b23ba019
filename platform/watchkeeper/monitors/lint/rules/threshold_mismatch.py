"""threshold-mismatch: the query and `thresholds.critical` say different numbers."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import THRESHOLDS, comparison_of, has_number
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    comparison, critical = comparison_of(subject), subject.threshold("critical")
    if comparison is None or comparison.value is None or critical is None or critical == comparison.value:
        return
    what = f"thresholds.critical is {plain_number(critical)}, the query compares with {plain_number(comparison.value)}"
    path = (*THRESHOLDS, "critical")
    edit = Edit(path, plain_number(comparison.value) if subject.is_exported else REMOVE)
    yield Flaw(what, path, edit=edit)


RULE = Rule(
    id="threshold-mismatch",
    severity="error",
    title="The query and `thresholds.critical` say different numbers",
    why=('Datadog refuses it: "Alert threshold (X) does not match that used in the query (Y)."'),
    fix="leave `critical` out of the options: it is taken from the query",
    source=(
        "answer of the API quoted in DataDog/datadog-operator#2106; holds for every monitor that Datadog "
        "ships with its integrations (2025-09)"
    ),
    applies=lambda subject: has_number(subject) and subject.threshold("critical") is not None,
    check=_check,
    bad="options: {thresholds: {critical: 2}}",
    good="options: {thresholds: {critical: 4}}",
)
