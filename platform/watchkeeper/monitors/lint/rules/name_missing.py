"""name-missing: the name is empty."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if not subject.name.strip():
        yield Flaw("the monitor has no name", ("name",))


RULE = Rule(
    id="name-missing",
    severity="warning",
    title="The name is empty",
    why="People see a title that Datadog makes up from the query.",
    fix="name what is wrong when it fires",
    source=("recorded answers of POST /api/v1/monitor: the name defaults to a text made from the query"),
    applies=is_monitor,
    check=_check,
    bad='name: ""',
    good='name: "Load"',
)
