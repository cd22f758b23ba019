"""slo-query-syntax: a count of an objective that cannot be read."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import is_slo, slo_counts
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.lexer import QuerySyntaxError


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for path, found in slo_counts(subject):
        if isinstance(found, QuerySyntaxError):
            yield Flaw(found.message, path, offset=found.at, fix=found.fix)


RULE = Rule(
    id="slo-query-syntax",
    severity="error",
    title="A count of an objective that cannot be read",
    why="Datadog refuses it, or counts nothing.",
    fix="write a query as in a graph: `sum:requests{env:prod}.as_count()`, without window and comparison",
    source="recorded answers of POST /api/v1/slo; docs/reference/query-language.md",
    applies=is_slo,
    check=_check,
    bad=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*.as_count()", '
        'denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9}]}'
    ),
    good=(
        '{kind: slo, name: Availability, type: metric, query: {numerator: "sum:a{*}.as_count()", '
        'denominator: "sum:b{*}.as_count()"}, tags: [], thresholds: [{timeframe: 30d, target: 99.9}]}'
    ),
)
