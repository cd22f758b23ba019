"""event-recovery: an event monitor with a recovery threshold."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import THRESHOLDS, has_type
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for name in ("critical_recovery", "warning_recovery"):
        if subject.thresholds.get(name) is not None:
            path = (*THRESHOLDS, name)
            yield Flaw(f"an event monitor takes no `{name}`", path, on_key=True, edit=Edit(path, REMOVE))


RULE = Rule(
    id="event-recovery",
    severity="error",
    title="An event monitor with a recovery threshold",
    why='Datadog refuses it: "Invalid threshold statuses found: critical_recovery."',
    fix="remove the recovery threshold",
    source="answer of the API quoted in DataDog/terraform-provider-datadog#1401",
    applies=has_type("event-v2 alert", "event alert"),
    check=_check,
    bad=(
        '{type: event-v2 alert, query: \'events("source:deploy").rollup("count").last("5m") > 4\', '
        "options: {thresholds: {critical: 4, critical_recovery: 3}}}"
    ),
    good=(
        '{type: event-v2 alert, query: \'events("source:deploy").rollup("count").last("5m") > 4\', '
        "options: {thresholds: {critical: 4, critical_recovery: null}}}"
    ),
)
