"""no-aggregator: a metric without an aggregator."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, has_metrics, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        if not metric.has_aggregator:
            edit = Edit(
                QUERY, f"avg:{subject.text[metric.name_at : metric.name_at + 1]}", (metric.name_at, metric.name_at + 1)
            )
            yield Flaw(f"`{metric.name}` is averaged, silently", QUERY, offset=metric.name_at, edit=edit)


RULE = Rule(
    id="no-aggregator",
    severity="info",
    title="A metric without an aggregator",
    why=("Datadog takes `avg`; for a count that is rarely what is meant, and the reader has to know."),
    fix="write the aggregator",
    source='Datadog documentation, "Query syntax"',
    applies=has_metrics,
    check=_check,
    bad='query: "avg(last_5m):system.load.1{*} > 4"',
    good='query: "avg(last_5m):avg:system.load.1{*} > 4"',
)
