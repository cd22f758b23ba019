"""pct-change-impossible: a fall of more than everything."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number
from watchkeeper.query.forms import ChangeQuery

_EVERYTHING: Final = -100


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if not isinstance(query, ChangeQuery) or query.kind != "pct_change" or query.comparison.value is None:
        return
    value = query.comparison.value
    if (query.comparator == "<" and value <= _EVERYTHING) or (query.comparator == "<=" and value < _EVERYTHING):
        yield Flaw(
            f"nothing falls by more than 100 %, as {plain_number(value)} asks for", QUERY, offset=query.comparison.at
        )


RULE = Rule(
    id="pct-change-impossible",
    severity="error",
    title="A fall of more than everything",
    why="A value cannot fall by more than 100 percent; the monitor never fires.",
    fix="compare with a number above -100",
    source='Datadog documentation, "Change alert monitor"',
    applies=lambda subject: isinstance(subject.query, ChangeQuery),
    check=_check,
    bad='query: "pct_change(avg(last_5m),last_1h):avg:system.load.1{*} < -150"',
    good='query: "pct_change(avg(last_5m),last_1h):avg:system.load.1{*} < -50"',
)
