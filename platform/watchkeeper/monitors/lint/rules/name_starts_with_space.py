"""name-starts-with-space: the name begins with white space."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.name[:1].isspace():
        yield Flaw("the name begins with white space", ("name",), edit=Edit(("name",), subject.name.strip()))


RULE = Rule(
    id="name-starts-with-space",
    severity="error",
    title="The name begins with white space",
    why="Datadog refuses a name that begins with a space.",
    fix="remove the white space",
    source="server rule that grosser/kennel 2.22 checks (name_must_not_start_with_space)",
    applies=lambda subject: is_monitor(subject) and bool(subject.name),
    check=_check,
    bad='name: " Load"',
    good='name: "Load"',
)
