"""unknown-handle: a handle that resolves to nothing."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.errors import did_you_mean
from watchkeeper.monitors.lint.asking import MESSAGE, has_message
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.message import mentions

_CHECKED: Final = ("pagerduty-", "slack-")


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    if context.known_handles is None:
        return
    for handle in mentions(subject.declared):
        if handle.startswith(_CHECKED) and f"@{handle}" not in context.known_handles and "{{" not in handle:
            near = did_you_mean(f"@{handle}", context.known_handles)
            offset = subject.declared.find(f"@{handle}")
            yield Flaw(f"`@{handle}` is nowhere declared", MESSAGE, offset=offset, fix=near)


RULE = Rule(
    id="unknown-handle",
    severity="warning",
    title="A handle that resolves to nothing",
    why="A typing error in a handle pages nobody, and no one is told.",
    fix="use a declared PagerDuty service or Slack channel, or leave it to the routes",
    source="platform/routing holds every service and channel that exists",
    applies=lambda subject: has_message(subject) and "@" in subject.declared,
    check=_check,
    bad='message: "down @slack-main-alrets"',
    good='message: "down @slack-main-alerts"',
)
