"""timeout-too-long: `timeout_h` of more than a day."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import has_option, option_number
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_LONGEST_H: Final = 24


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    hours = option_number(subject, "timeout_h")
    if hours is None or not 0 <= hours <= _LONGEST_H:
        yield Flaw(f"`timeout_h` cannot be {subject.options['timeout_h']}", ("options", "timeout_h"))


RULE = Rule(
    id="timeout-too-long",
    severity="error",
    title="`timeout_h` of more than a day",
    why="Datadog refuses more than 24 hours.",
    fix="give 0 to 24 hours",
    source="OpenAPI of datadog-api-client 2.62.0; grosser/kennel 2.22 (invalid_timeout_h)",
    applies=has_option("timeout_h"),
    check=_check,
    bad="options: {timeout_h: 25}",
    good="options: {timeout_h: 24}",
)
