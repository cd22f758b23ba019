"""full-window-of-counts: a full window asked of a count."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import MonitorQuery


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    if subject.options.get("require_full_window") is True and "default_zero" not in subject.text:
        path = ("options", "require_full_window")
        yield Flaw("counts rarely fill a window", path, edit=Edit(path, "false"))


RULE = Rule(
    id="full-window-of-counts",
    severity="warning",
    title="A full window asked of a count",
    why=(
        "A counter is silent while nothing happens; with `require_full_window` the first empty bucket "
        "postpones the evaluation."
    ),
    fix="set `require_full_window: false`",
    source='Datadog documentation, "Configure monitors", full window',
    applies=lambda subject: (
        isinstance(subject.query, MonitorQuery) and any(metric.is_count for metric in metrics_of(subject))
    ),
    check=_check,
    bad=(
        '{query: "sum(last_5m):sum:aws.applicationelb.request_count{*}.as_count() > 100", options: '
        "{require_full_window: true}}"
    ),
    good=(
        '{query: "sum(last_5m):sum:aws.applicationelb.request_count{*}.as_count() > 100", options: '
        "{require_full_window: false}}"
    ),
)
