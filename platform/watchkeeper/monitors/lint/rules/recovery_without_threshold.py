"""recovery-without-threshold: a recovery threshold of a state that has no threshold."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import THRESHOLDS, is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import REMOVE, Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.thresholds.get("warning") is None:
        path = (*THRESHOLDS, "warning_recovery")
        yield Flaw(
            "thresholds.warning_recovery stands without thresholds.warning", path, on_key=True, edit=Edit(path, REMOVE)
        )


RULE = Rule(
    id="recovery-without-threshold",
    severity="error",
    title="A recovery threshold of a state that has no threshold",
    why="Datadog refuses a recovery threshold without the threshold that it ends.",
    fix="remove it, or add the threshold",
    source=("grosser/kennel 2.22 and DataDog/terraform-provider-datadog drop it, because the server refuses it"),
    applies=lambda subject: is_monitor(subject) and subject.threshold("warning_recovery") is not None,
    check=_check,
    bad="options: {thresholds: {critical: 4, warning: null, warning_recovery: 2}}",
    good="options: {thresholds: {critical: 4, warning: 3, warning_recovery: 2}}",
)
