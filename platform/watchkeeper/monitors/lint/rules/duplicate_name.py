"""duplicate-name: two monitors with one name."""

from collections.abc import Iterator, Sequence

from watchkeeper.monitors.lint.asking import is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subjects: Sequence[Subject], _context: Context) -> Iterator[tuple[Subject, Flaw]]:
    seen: dict[str, Subject] = {}
    for subject in subjects:
        other = seen.setdefault(subject.name.strip(), subject)
        if other is not subject and " ".join(other.text.split()) != " ".join(subject.text.split()):
            yield subject, Flaw(f"`{subject.name.strip()}` is the name of {other.places.where(('id',))} too", ("name",))


RULE = Rule(
    id="duplicate-name",
    severity="warning",
    title="Two monitors with one name",
    why="Who is called cannot tell which of them fired.",
    fix="give each a name of its own",
    source="tools that know a monitor by its name stop at it, such as dogpush 0.3.4",
    applies=lambda subject: is_monitor(subject) and bool(subject.name),
    check_all=_check,
    bad='[{}, {query: "avg(last_5m):avg:system.load.5{*} > 4"}]',
    good='[{}, {name: other, query: "avg(last_5m):avg:system.load.5{*} > 4"}]',
)
