"""message-blocks: a `{{#...}}` without its `{{/...}}`; Datadog sends the message with the braces in it."""

from collections.abc import Iterator

from watchkeeper.errors import Problem
from watchkeeper.monitors.message import MessageSyntaxError, check_message
from watchkeeper.monitors.model import Monitor


def check(monitor: Monitor) -> Iterator[Problem]:
    """Blocks of the message that do not open and close in turn."""
    try:
        check_message(monitor.message)
    except MessageSyntaxError as err:
        fix = "close every block in the order in which it was opened"
        yield Problem(str(err), monitor.entry.where("message"), fix=fix, rule="message-blocks")
