"""runbook-link: a runbook that is no link."""

import re
from collections.abc import Iterator

from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if not re.match(r"https?://[^\s/]+", subject.runbook):
        yield Flaw(f"`{subject.runbook}` is no link", ("runbook",))


RULE = Rule(
    id="runbook-link",
    severity="warning",
    title="A runbook that is no link",
    why="Nobody can open it from the notification.",
    fix="give an address that begins with `https://`",
    source="follows from how Datadog, PagerDuty and Slack show a message",
    applies=lambda subject: bool(subject.runbook),
    check=_check,
    bad=('{urgency: page, runbook: "wiki", handles: ["@pagerduty-api"], options: {on_missing_data: show_no_data}}'),
    good=(
        '{urgency: page, runbook: "https://runbooks.example.com/load", handles: ["@pagerduty-api"], options: '
        "{on_missing_data: show_no_data}}"
    ),
)
