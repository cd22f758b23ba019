"""slo-slices: slices of time whose condition is none."""

from collections.abc import Iterator, Mapping, Sequence

from watchkeeper.monitors.lint.asking import is_slo
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.monitors.slo.objective import COMPARATORS, SLICES_S
from watchkeeper.project.source import KeyPath
from watchkeeper.query.ast import Variable
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parts import parts_of

_AT: KeyPath = ("sli_specification", "time_slice")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    specification = subject.body.get("sli_specification")
    given = specification.get("time_slice") if isinstance(specification, Mapping) else None
    if subject.type != "time_slice" or not isinstance(given, Mapping):
        return
    comparator, threshold, slice_s = (given.get(n) for n in ("comparator", "threshold", "query_interval_seconds"))
    if comparator not in COMPARATORS:
        fix = f"write one of {', '.join(COMPARATORS)}"
        yield Flaw(f"slices cannot be compared by `{comparator}`", (*_AT, "comparator"), fix=fix)
    if isinstance(threshold, bool) or not isinstance(threshold, int | float):
        yield Flaw("the threshold of the slices is no number", (*_AT, "threshold"), fix="write a number")
    if slice_s is not None and slice_s not in SLICES_S:
        fix = "write 60 or 300, or leave it out for 300"
        yield Flaw(f"slices of {slice_s} s are not to be had", (*_AT, "query_interval_seconds"), fix=fix)
    query = given.get("query")
    yield from _query_flaws(query if isinstance(query, Mapping) else {}, (*_AT, "query"))


def _query_flaws(query: Mapping[str, object], at: KeyPath) -> Iterator[Flaw]:
    known: set[str] = set()
    queries = query.get("queries")
    for index, each in enumerate(queries if isinstance(queries, list | tuple) else ()):
        if isinstance(each, Mapping):
            known.add(str(each.get("name")))
            yield from _syntax_flaws(str(each.get("query") or ""), (*at, "queries", index, "query"))
    formulas = query.get("formulas")
    if not isinstance(formulas, Sequence) or len(formulas) != 1 or not isinstance(formulas[0], Mapping):
        yield Flaw("slices are measured by exactly one formula", (*at, "formulas"), fix="write [{formula: query1}]")
        return
    text, path = str(formulas[0].get("formula") or ""), (*at, "formulas", 0, "formula")
    flaws = list(_syntax_flaws(text, path, is_formula=True))
    yield from flaws
    for part in () if flaws else parts_of(parse_expression(text, is_formula=True)):
        if isinstance(part, Variable) and part.name not in known:
            fix = f"it has: {', '.join(sorted(known)) or 'none'}"
            yield Flaw(f"no query is named `{part.name}`", path, offset=part.at, fix=fix)


def _syntax_flaws(text: str, path: KeyPath, *, is_formula: bool = False) -> Iterator[Flaw]:
    try:
        parse_expression(text, is_formula=is_formula)
    except QuerySyntaxError as err:
        yield Flaw(err.message, path, offset=err.at, fix=err.fix)


RULE = Rule(
    id="slo-slices",
    severity="error",
    title="Slices of time whose condition is none",
    why="Datadog takes one formula of metric queries, compared by >, >=, < or <=, in slices of 60 or 300 seconds.",
    fix="write comparator, threshold, and a query with one formula",
    source="OpenAPI v1 of datadog-api-client 2.62.0 (SLOTimeSliceCondition, SLOTimeSliceQuery)",
    applies=is_slo,
    check=_check,
    bad=(
        '{kind: slo, name: Quick, type: time_slice, sli_specification: {time_slice: {comparator: "==", threshold: 1, '
        'query: {formulas: [{formula: q}], queries: [{data_source: metrics, name: q, query: "avg:system.load.1{*}"}]}}}'
        ", thresholds: [{timeframe: 30d, target: 99.9}]}"
    ),
    good=(
        '{kind: slo, name: Quick, type: time_slice, sli_specification: {time_slice: {comparator: "<=", threshold: 1, '
        'query: {formulas: [{formula: q}], queries: [{data_source: metrics, name: q, query: "avg:system.load.1{*}"}]}}}'
        ", thresholds: [{timeframe: 30d, target: 99.9}]}"
    ),
)
