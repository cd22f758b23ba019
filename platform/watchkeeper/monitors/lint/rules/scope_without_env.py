"""scope-without-env: a query over all environments."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.visit import tags_of


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        if not any(tag.partition(":")[0] == "env" for tag in tags_of(metric)):
            yield Flaw(f"`{metric.name}` is not limited to env:{subject.env}", QUERY, offset=metric.at)
            return


RULE = Rule(
    id="scope-without-env",
    severity="warning",
    title="A query over all environments",
    why=(
        "The monitor is created once for each environment, but its query counts all of them: a fault in "
        "stage pages for prod."
    ),
    fix="add `env:<< env.name >>` to the filter",
    source="follows from how monitors are rendered, once for each environment",
    applies=lambda subject: bool(subject.env) and bool(metrics_of(subject)),
    check=_check,
    bad='{env: prod, query: "avg(last_5m):avg:system.load.1{role:prod} > 4"}',
    good='{env: prod, query: "avg(last_5m):avg:system.load.1{env:prod} > 4"}',
)
