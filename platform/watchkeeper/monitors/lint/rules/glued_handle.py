"""glued-handle: a handle that runs into the text."""

import re
from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import MESSAGE, has_message
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_GLUED: Final = re.compile(r"@(?:slack|pagerduty|webhook|team)-[\w-]+(?=[,;:!?)\]<])")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for match in _GLUED.finditer(subject.declared):
        sign = subject.declared[match.end()]
        yield Flaw(f"`{sign}` is read as a part of `{match[0]}`", MESSAGE, offset=match.end())


RULE = Rule(
    id="glued-handle",
    severity="warning",
    title="A handle that runs into the text",
    why=("A handle ends at white space; what is glued to it becomes part of its name, which then resolves to nothing."),
    fix="put a space before and after the handle",
    source='Datadog documentation, "Notifications": a handle needs white space after it',
    applies=lambda subject: has_message(subject) and "@" in subject.declared,
    check=_check,
    bad='message: "down @slack-main-alerts, look"',
    good='message: "down @slack-main-alerts . look"',
)
