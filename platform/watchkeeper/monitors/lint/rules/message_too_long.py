"""message-too-long: a message that is cut on its way."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import MESSAGE, has_message
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_MOST: Final = 3000


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    length = len(subject.message)
    if length > _MOST:
        yield Flaw(f"the message has {length:,} characters, {_MOST:,} are shown", MESSAGE)


RULE = Rule(
    id="message-too-long",
    severity="warning",
    title="A message that is cut on its way",
    why=(
        "Slack shows the first 3,000 characters of a text block, an event of Datadog holds 4,000; what "
        "comes after is lost to the reader."
    ),
    fix="say the rest in the runbook",
    source=('Slack documentation, "Section block" (3,000 characters); Datadog documentation, "Events" (4,000)'),
    applies=has_message,
    check=_check,
    bad=f'message: "{"word" * 760}"',
    good='message: "word"',
)
