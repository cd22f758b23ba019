"""warning-without-critical: a warning threshold without a critical one."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import THRESHOLDS, is_check, is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject, as_number


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.thresholds.get("critical") is None and subject.thresholds.get("critical_query") is None:
        yield Flaw("thresholds.warning stands without thresholds.critical", (*THRESHOLDS, "warning"), on_key=True)


RULE = Rule(
    id="warning-without-critical",
    severity="error",
    title="A warning threshold without a critical one",
    why='Datadog refuses it: "Alert status is required."',
    fix="add `critical` with the number of the query",
    source="answer of the API quoted in DataDog/datadog-operator#2106",
    applies=lambda subject: (
        is_monitor(subject) and as_number(subject.thresholds.get("warning")) is not None and not is_check(subject)
    ),
    check=_check,
    bad="options: {thresholds: {critical: null, warning: 3}}",
    good="options: {thresholds: {critical: 4, warning: 3}}",
)
