"""no-runbook: a page without a runbook."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if not subject.runbook:
        yield Flaw(f"monitor `{subject.label}` pages people but names no runbook")


RULE = Rule(
    id="no-runbook",
    severity="warning",
    title="A page without a runbook",
    why="Who is woken at night needs to know what to look at first.",
    fix="add `runbook: https://...`, or set `urgency: notify`",
    source=("Google, Site Reliability Engineering, chapter 11; cloudflare/pint (alerts/annotation)"),
    applies=lambda subject: subject.urgency == "page",
    check=_check,
    bad='{urgency: page, runbook: "", handles: ["@pagerduty-api"], options: {on_missing_data: show_no_data}}',
    good=(
        '{urgency: page, runbook: "https://runbooks.example.com/load", handles: ["@pagerduty-api"], options: '
        "{on_missing_data: show_no_data}}"
    ),
)
