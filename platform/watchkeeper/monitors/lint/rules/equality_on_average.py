"""equality-on-average: an average compared for equality."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, has_number, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.forms import MonitorQuery


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if isinstance(query, MonitorQuery) and query.aggregator == "avg" and query.comparator in ("==", "!="):
        yield Flaw(f"an average is compared with `{query.comparator}`", QUERY, offset=query.comparison.at)


RULE = Rule(
    id="equality-on-average",
    severity="warning",
    title="An average compared for equality",
    why=("An average hits a number exactly only by chance: one other sample, and the condition turns."),
    fix="compare with `>=` or `<`, or take `min` or `max`",
    source="follows from the meaning of the average",
    applies=lambda subject: isinstance(subject.query, MonitorQuery) and has_number(subject),
    check=_check,
    bad='query: "avg(last_5m):avg:system.load.1{*} == 4"',
    good='query: "max(last_5m):avg:system.load.1{*} == 4"',
)
