"""silent-page: a page whose silence counts as well."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import has_metrics, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    counts = any(metric.is_count for metric in metrics_of(subject))
    says = (
        subject.options.get("on_missing_data") not in (None, "default") or subject.options.get("notify_no_data") is True
    )
    if not counts and not says and "default_zero" not in subject.text:
        yield Flaw(f"monitor `{subject.label}` keeps its state when the metric stops")


RULE = Rule(
    id="silent-page",
    severity="info",
    title="A page whose silence counts as well",
    why="If the metric stops, the last state stays, and a broken system looks healthy.",
    fix="set `on_missing_data: show_and_notify_no_data`, or watch the pipe elsewhere",
    source='Datadog documentation, "Configure monitors", missing data',
    applies=lambda subject: subject.urgency == "page" and has_metrics(subject),
    check=_check,
    bad=(
        '{urgency: page, runbook: "https://runbooks.example.com/load", handles: ["@pagerduty-api"], options: '
        "{on_missing_data: default}}"
    ),
    good=(
        '{urgency: page, runbook: "https://runbooks.example.com/load", handles: ["@pagerduty-api"], options: '
        "{on_missing_data: show_no_data}}"
    ),
)
