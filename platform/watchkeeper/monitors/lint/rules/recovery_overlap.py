"""recovery-overlap: alert and recovery can both be true."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import THRESHOLDS, comparison_of, has_number
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number
from watchkeeper.query.forms import crosses


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    comparison = comparison_of(subject)
    for level in ("critical", "warning"):
        begins, ends = subject.threshold(level), subject.threshold(f"{level}_recovery")
        if begins is None or ends is None or comparison is None or comparison.comparator in ("==", "!="):
            continue
        if ends != begins and crosses(comparison.comparator, ends, begins):
            what = f"recovers at {plain_number(ends)}, which still counts as {level} ({plain_number(begins)})"
            yield Flaw(what, (*THRESHOLDS, f"{level}_recovery"))


RULE = Rule(
    id="recovery-overlap",
    severity="error",
    title="Alert and recovery can both be true",
    why=(
        'Datadog refuses it: "alert and alert recovery criteria are such that the monitor can be '
        'simultaneously in alert and alert recovery states".'
    ),
    fix="put the recovery threshold on the healthy side of the threshold that it ends",
    source="answer of the API quoted in DataDog/datadog-api-client-typescript#754",
    applies=lambda subject: (
        has_number(subject)
        and any(subject.threshold(f"{level}_recovery") is not None for level in ("critical", "warning"))
    ),
    check=_check,
    bad="options: {thresholds: {critical: 4, critical_recovery: 5}}",
    good="options: {thresholds: {critical: 4, critical_recovery: 3}}",
)
