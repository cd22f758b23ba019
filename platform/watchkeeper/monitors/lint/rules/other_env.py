"""other-env: a query over another environment."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, demanded, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        for tag, is_wanted in demanded(metric.scope):
            if is_wanted and tag.key == "env" and tag.value != subject.env and "*" not in tag.value:
                yield Flaw(f"env:{tag.value} is counted for {subject.env}", QUERY, offset=tag.at)


RULE = Rule(
    id="other-env",
    severity="warning",
    title="A query over another environment",
    why="The monitor belongs to one environment and counts another one.",
    fix="write `env:<< env.name >>`",
    source="follows from how monitors are rendered, once for each environment",
    applies=lambda subject: bool(subject.env) and bool(metrics_of(subject)),
    check=_check,
    bad='{env: prod, query: "avg(last_5m):avg:system.load.1{env:stage} > 4"}',
    good='{env: prod, query: "avg(last_5m):avg:system.load.1{env:prod} > 4"}',
)
