"""threshold-not-a-number: a threshold that is no number."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import THRESHOLDS, is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject, as_number

_NUMBERS: Final = ("critical", "critical_recovery", "warning", "warning_recovery", "ok", "unknown")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for name in _NUMBERS:
        value = subject.thresholds.get(name)
        if value is not None and as_number(value) is None:
            yield Flaw(f"thresholds.{name} is `{value}`", (*THRESHOLDS, name))


RULE = Rule(
    id="threshold-not-a-number",
    severity="error",
    title="A threshold that is no number",
    why='Datadog refuses it: "Non-numeric threshold value."',
    fix="write a number",
    source="answer of the API quoted in DataDog/terraform-provider-datadog#372",
    applies=lambda subject: is_monitor(subject) and bool(subject.thresholds),
    check=_check,
    bad="options: {thresholds: {critical: four}}",
    good="options: {thresholds: {critical: 4}}",
)
