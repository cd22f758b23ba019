"""unrouted: a monitor that reaches nobody."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if not subject.handles:
        yield Flaw(f"monitor `{subject.label}` reaches nobody")


RULE = Rule(
    id="unrouted",
    severity="error",
    title="A monitor that reaches nobody",
    why=("No route fits its urgency, service and team: it can fire, but nobody ever hears of it."),
    fix="add a route for its urgency, service or team to platform/routing/routes.yaml",
    source="follows from the routes",
    applies=lambda subject: subject.handles is not None,
    check=_check,
    bad="handles: []",
    good='handles: ["@slack-main-alerts"]',
)
