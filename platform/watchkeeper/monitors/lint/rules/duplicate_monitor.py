"""duplicate-monitor: the same monitor twice."""

from collections.abc import Iterator, Sequence

from watchkeeper.monitors.lint.asking import QUERY, is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subjects: Sequence[Subject], _context: Context) -> Iterator[tuple[Subject, Flaw]]:
    seen: dict[tuple[str, ...], Subject] = {}
    for subject in subjects:
        key = (subject.type, " ".join(subject.text.split()), subject.name.strip(), subject.message.strip())
        other = seen.setdefault(key, subject)
        if other is not subject and subject.text:
            where = other.places.where(("id",))
            yield subject, Flaw(f"the same query, name and message stand at {where}", QUERY)


RULE = Rule(
    id="duplicate-monitor",
    severity="error",
    title="The same monitor twice",
    why='Datadog refuses the second one: "Duplicate of an existing monitor_id".',
    fix="remove one of them, or make their queries differ",
    source=("DataDog/terraform-provider-datadog#1739; DataDog/datadog-sync-cli adopts the existing one"),
    applies=is_monitor,
    check_all=_check,
    bad="[{}, {}]",
    good="[{}, {name: other}]",
)
