"""outlier-threshold: an outlier monitor that compares with something else than `> 0`."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, comparison_of, has_call
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    comparison = comparison_of(subject)
    if comparison is None or comparison.value is None or (comparison.comparator, comparison.value) == (">", 0):
        return
    what = f"outliers are compared with `> 0`, not `{comparison.comparator} {plain_number(comparison.value)}`"
    yield Flaw(what, QUERY, offset=comparison.at)


RULE = Rule(
    id="outlier-threshold",
    severity="error",
    title="An outlier monitor that compares with something else than `> 0`",
    why=("The value is above zero for an outlier; the form of the query has no other comparison."),
    fix="end the query with `> 0`",
    source='Datadog documentation, "Outlier monitor"',
    applies=has_call("outliers"),
    check=_check,
    bad="query: \"avg(last_30m):outliers(avg:system.load.1{*} by {host}, 'DBSCAN', 3) > 3\"",
    good="query: \"avg(last_30m):outliers(avg:system.load.1{*} by {host}, 'DBSCAN', 3) > 0\"",
)
