"""mixed-filter-signs: two ways to join tags in one filter."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.visit import signs_of

_SYMBOLS: Final = frozenset((",", "!"))
_WORDS: Final = frozenset(("AND", "OR", "NOT", "IN"))


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        signs = signs_of(metric.scope)
        if signs & _SYMBOLS and signs & _WORDS:
            shown = " and ".join(f"`{sign}`" for sign in (min(signs & _SYMBOLS), min(signs & _WORDS)))
            yield Flaw(f"{shown} are mixed in one filter", QUERY, offset=metric.scope.at)


RULE = Rule(
    id="mixed-filter-signs",
    severity="error",
    title="Two ways to join tags in one filter",
    why="`,` and `!` must not be mixed with AND, OR, NOT and IN in one filter.",
    fix="write the whole filter with AND and NOT",
    source='Datadog documentation, "Advanced filtering"',
    applies=lambda subject: bool(metrics_of(subject)),
    check=_check,
    bad='query: "avg(last_5m):avg:system.load.1{env:prod AND !role:db} > 4"',
    good='query: "avg(last_5m):avg:system.load.1{env:prod AND NOT role:db} > 4"',
)
