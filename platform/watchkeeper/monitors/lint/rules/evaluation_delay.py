"""evaluation-delay: `evaluation_delay` of more than a day, or below zero."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import has_option, option_number
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_LONGEST_S: Final = 86_400


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    delay = option_number(subject, "evaluation_delay")
    if delay is None or not 0 <= delay <= _LONGEST_S:
        yield Flaw(
            f"`evaluation_delay` cannot be {subject.options['evaluation_delay']}", ("options", "evaluation_delay")
        )


RULE = Rule(
    id="evaluation-delay",
    severity="error",
    title="`evaluation_delay` of more than a day, or below zero",
    why="Datadog takes 0 to 86,400 seconds.",
    fix="give seconds, at most 86400",
    source=('OpenAPI of datadog-api-client 2.62.0, MonitorOptions; Datadog documentation, "Configure monitors"'),
    applies=has_option("evaluation_delay"),
    check=_check,
    bad="options: {evaluation_delay: 900000}",
    good="options: {evaluation_delay: 900}",
)
