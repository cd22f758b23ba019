"""priority: a priority that is not 1 to 5."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_LOWEST: Final = 5
_NONE: Final = 0
"""Datadog takes it as no priority."""


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    priority = subject.body["priority"]
    if isinstance(priority, bool) or not isinstance(priority, int) or not _NONE <= priority <= _LOWEST:
        yield Flaw(f"priority {priority} is not between 1 and 5", ("priority",))


RULE = Rule(
    id="priority",
    severity="error",
    title="A priority that is not 1 to 5",
    why="Datadog refuses it.",
    fix="give 1 (highest) to 5, or none",
    source="OpenAPI of datadog-api-client 2.62.0; grosser/kennel 2.22 (invalid_priority)",
    applies=lambda subject: is_monitor(subject) and subject.body.get("priority") is not None,
    check=_check,
    bad="priority: 6",
    good="priority: 5",
)
