"""message-blocks: a block that does not open and close."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import MESSAGE, has_message
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.message import MessageSyntaxError, check_message


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    try:
        check_message(subject.declared)
    except MessageSyntaxError as err:
        yield Flaw(str(err), MESSAGE, offset=err.at)


RULE = Rule(
    id="message-blocks",
    severity="error",
    title="A block that does not open and close",
    why="The message is sent with the braces in it, or the rest of it is swallowed.",
    fix="close every block in the order in which it was opened",
    source=(
        'Datadog documentation, "Conditional variables"; holds for every monitor that Datadog ships with '
        "its integrations (2025-09)"
    ),
    applies=has_message,
    check=_check,
    bad='message: "{{#is_alert}}down{{/is_alret}}"',
    good='message: "{{#is_alert}}down{{/is_alert}}"',
)
