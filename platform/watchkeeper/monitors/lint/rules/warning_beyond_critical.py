"""warning-beyond-critical: the warning comes after the alert, or with it."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import THRESHOLDS, comparison_of, has_number
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number
from watchkeeper.query.forms import crosses


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    comparison, warning = comparison_of(subject), subject.threshold("warning")
    critical = comparison.value if comparison is not None else None
    if comparison is None or warning is None or critical is None or comparison.comparator in ("==", "!="):
        return
    if warning == critical or crosses(comparison.comparator, warning, critical):
        what = f"a warning at {plain_number(warning)} does not come before the alert at {plain_number(critical)}"
        yield Flaw(what, (*THRESHOLDS, "warning"))


RULE = Rule(
    id="warning-beyond-critical",
    severity="error",
    title="The warning comes after the alert, or with it",
    why=(
        'Datadog refuses it: "Warning threshold (50.0) must be less than the alert threshold (20.0) with > comparison."'
    ),
    fix="warn before the alert, not after it",
    source=(
        "answer of the API quoted in the source of grosser/kennel 2.22; holds for every monitor that "
        "Datadog ships with its integrations (2025-09)"
    ),
    applies=lambda subject: (
        has_number(subject) and None not in (subject.threshold("warning"), subject.threshold("critical"))
    ),
    check=_check,
    bad="options: {thresholds: {critical: 4, warning: 5}}",
    good="options: {thresholds: {critical: 4, warning: 3}}",
)
