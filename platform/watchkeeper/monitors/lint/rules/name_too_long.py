"""name-too-long: a name that is cut on its way."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_MOST: Final = 1024 - len("[Re-Triggered on {}] ")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if len(subject.name) > _MOST:
        yield Flaw(f"the name has {len(subject.name):,} characters, {_MOST:,} are shown", ("name",))


RULE = Rule(
    id="name-too-long",
    severity="warning",
    title="A name that is cut on its way",
    why=("The name becomes the summary of the incident, and PagerDuty cuts that at 1,024 characters."),
    fix="say the rest in the message",
    source='PagerDuty documentation, "Events API v2", payload.summary',
    applies=lambda subject: is_monitor(subject) and bool(subject.name),
    check=_check,
    bad=f'name: "{"word" * 260}"',
    good='name: "word"',
)
