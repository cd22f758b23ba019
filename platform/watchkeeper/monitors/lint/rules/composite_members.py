"""composite-members: a composite of composites."""

from collections.abc import Iterator, Sequence

from watchkeeper.monitors.lint.asking import QUERY, has_type
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import CompositeQuery
from watchkeeper.query.visit import members_of


def _check(subjects: Sequence[Subject], _context: Context) -> Iterator[tuple[Subject, Flaw]]:
    # Exported ones are known by Datadog's number, declared ones by their names.
    names = (subject.body.get("id", subject.label) for subject in subjects)
    composites = {name for name in names if isinstance(name, int | str)}
    for subject in subjects:
        if not isinstance(subject.query, CompositeQuery):
            continue
        for member in dict.fromkeys(members_of(subject.query.condition)):
            if member in composites:
                what = f"monitor {member} is a composite itself"
                yield subject, Flaw(what, QUERY, offset=subject.text.find(str(member)))


RULE = Rule(
    id="composite-members",
    severity="error",
    title="A composite of composites",
    why="Datadog refuses a composite inside of a composite.",
    fix="combine the monitors that the inner one combines",
    source='Datadog documentation, "Composite monitor"',
    applies=has_type("composite"),
    check_all=_check,
    bad="[{id: 12, type: composite, query: 1 && 2}, {name: other, type: composite, query: 12 && 3}]",
    good="[{id: 12, type: composite, query: 1 && 2}, {name: other, type: composite, query: 1 && 3}]",
)
