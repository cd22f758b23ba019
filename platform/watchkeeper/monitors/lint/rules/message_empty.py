"""message-empty: the message is empty."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import MESSAGE, is_monitor
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if not subject.declared.strip():
        yield Flaw("the message says nothing", MESSAGE)


RULE = Rule(
    id="message-empty",
    severity="warning",
    title="The message is empty",
    why="Who is called learns nothing but the title.",
    fix="say what it means for users, and what to look at first",
    source="grosser/kennel 2.22 and cloudflare/pint (alerts/annotation) ask for one",
    applies=is_monitor,
    check=_check,
    bad='message: ""',
    good='message: "load"',
)
