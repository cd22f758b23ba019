"""page-without-pager: a page that reaches only a channel."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if not any(handle.startswith("@pagerduty") for handle in subject.handles or ()):
        yield Flaw(f"monitor `{subject.label}` is a page, but reaches only {', '.join(subject.handles or ())}")


RULE = Rule(
    id="page-without-pager",
    severity="warning",
    title="A page that reaches only a channel",
    why="`urgency: page` promises that somebody is called; a channel calls nobody.",
    fix="add a route with a PagerDuty service, or set `urgency: notify`",
    source="follows from the routes",
    applies=lambda subject: subject.urgency == "page" and bool(subject.handles),
    check=_check,
    bad=(
        '{urgency: page, runbook: "https://runbooks.example.com/load", handles: ["@slack-main-alerts"], '
        "options: {on_missing_data: show_no_data}}"
    ),
    good=(
        '{urgency: page, runbook: "https://runbooks.example.com/load", handles: ["@pagerduty-main-alerts"], '
        "options: {on_missing_data: show_no_data}}"
    ),
)
