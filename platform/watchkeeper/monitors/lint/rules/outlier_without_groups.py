"""outlier-without-groups: outliers without groups to compare."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, calls_of, has_call
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.parts import group_keys


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for call in calls_of(subject, "outliers"):
        if not group_keys(call.operand):
            yield Flaw("one group alone is never an outlier", QUERY, offset=call.at)


RULE = Rule(
    id="outlier-without-groups",
    severity="error",
    title="Outliers without groups to compare",
    why=("An outlier is a group that differs from the others; without `by` there is one group, and it never differs."),
    fix="add `by {host}`, or another tag",
    source='Datadog documentation, "Outlier monitor"',
    applies=has_call("outliers"),
    check=_check,
    bad="query: \"avg(last_30m):outliers(avg:system.load.1{*}, 'DBSCAN', 3) > 0\"",
    good="query: \"avg(last_30m):outliers(avg:system.load.1{*} by {host}, 'DBSCAN', 3) > 0\"",
)
