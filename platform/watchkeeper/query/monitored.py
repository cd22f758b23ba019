"""Every form of monitor query that is computed over series, as the one that the evaluator knows.

A change is the difference to the same query, shifted. A search counts the samples of a series that is named after it,
`logs("status:error")`. A formula gets its variables filled in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from watchkeeper.query.ast import (
    EVERYTHING,
    Binary,
    Call,
    Expression,
    Method,
    Metric,
    Modified,
    Negative,
    Number,
    Variable,
    parts_of,
)
from watchkeeper.query.evaluated import ALGORITHMS, refused_parts
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.forms import ChangeQuery, FormulaQuery, MonitorQuery, Query, SearchQuery
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.reduction import percent_of

_COUNTED: Final = (Method("as_count"),)
_MEASURED: Final = ("avg", "sum", "min", "max")


def monitored_query(query: Query, options: Mapping[str, Any]) -> MonitorQuery:
    """The query as the evaluator takes it. options: of the monitor; formulas find their variables there.

    Raises QuerySyntaxError where it cannot be computed.
    """
    match query:
        case MonitorQuery():
            found = query
        case ChangeQuery():
            found = _changed(query)
        case SearchQuery():
            metric = _searched(query.source, query.search.plain, query.rollup, query.by, query.text)
            aggregator = "sum" if metric.is_count else metric.aggregator
            found = MonitorQuery(aggregator, query.window, metric, query.comparison, query.text)
        case FormulaQuery():
            found = _formula(query, options)
        case _:
            raise QuerySyntaxError("this form of query is not computed over series", query.text, 0)
    _check(found)
    return found


def _check(query: MonitorQuery) -> None:
    fix = "test it against Datadog itself"
    if query.comparison.value is None:
        raise QuerySyntaxError("a computed threshold is not evaluated", query.text, query.comparison.at, fix=fix)
    is_forecast = isinstance(query.expression, Call) and query.expression.name == "forecast"
    if (query.window.kind == "next") != is_forecast:
        message = f"`{query.window.text}` is not evaluated here"
        raise QuerySyntaxError(message, query.text, query.window.at, fix=fix, end=query.window.end)
    for refused in refused_parts(query):
        node = refused.node
        raise QuerySyntaxError(f"`{refused.what}` is not evaluated", query.text, node.at, fix=fix, end=node.end)


def _changed(query: ChangeQuery) -> MonitorQuery:
    now = query.expression
    if isinstance(now, Call) and now.name in ALGORITHMS:
        raise QuerySyntaxError(f"a change of {now.name}() is not evaluated", query.text, now.at, end=now.end)
    before = Call("timeshift", now, (Number(-float(query.shift.seconds)),), at=now.at, end=now.end)
    difference: Expression = Binary("-", now, before)
    if query.kind == "pct_change":
        difference = Binary("*", Binary("/", difference, before), Number(100.0))
    return MonitorQuery(query.aggregator, query.window, difference, query.comparison, query.text)


def _searched(source: str, search: str, rollup: Sequence[str], by: Sequence[str], text: str) -> Metric:
    """A search as a metric: what it finds stands in the series of that name, a measure's values in one of their own."""
    name = f'{source}("{search}")'
    keys = tuple(key.removeprefix("@").lower() for key in by)
    method = rollup[0] if rollup else "count"
    if method == "count":
        return Metric("sum", name, EVERYTHING, keys, _COUNTED)
    percent = f"p{method[2:]}" if method.startswith("pc") else method
    if len(rollup) > 1 and (method in _MEASURED or percent_of(percent) is not None):
        return Metric(percent, f"{name}:{rollup[1].removeprefix('@')}", EVERYTHING, keys)
    raise QuerySyntaxError(f"`.rollup({method})` of a search is not evaluated", text, 0)


def _formula(query: FormulaQuery, options: Mapping[str, Any]) -> MonitorQuery:
    variables = {str(each.get("name")): each for each in options.get("variables") or ()}
    expression = _filled_in(query.expression, variables, query)
    is_counted = any(isinstance(part, Metric) and part.is_count for part in parts_of(expression))
    return MonitorQuery("sum" if is_counted else "avg", query.window, expression, query.comparison, query.text)


def _filled_in(expression: Expression, variables: Mapping[str, Mapping[str, Any]], query: FormulaQuery) -> Expression:
    match expression:
        case Variable(name=name):
            if name not in variables:
                fix = "declare it in options.variables"
                raise QuerySyntaxError(f"the variable {name} is not declared", query.text, expression.at, fix=fix)
            return _variable(variables[name], query)
        case Binary(left=left, right=right):
            both = (_filled_in(part, variables, query) for part in (left, right))
            return replace(expression, left=next(both), right=next(both))
        case Negative(operand=operand) | Modified(operand=operand):
            return replace(expression, operand=_filled_in(operand, variables, query))
        case Call(operand=operand, arguments=arguments):
            filled = tuple(
                _filled_in(each, variables, query) if isinstance(each, Variable | Binary | Call) else each
                for each in arguments
            )
            return replace(expression, operand=_filled_in(operand, variables, query), arguments=filled)
        case _:
            return expression


def _variable(given: Mapping[str, Any], query: FormulaQuery) -> Expression:
    source = str(given.get("data_source") or "")
    if source == "metrics":
        return parse_expression(str(given["query"]))
    compute = given.get("compute") or {}
    search = (given.get("search") or {}).get("query") or ""
    rollup = [str(compute[key]) for key in ("aggregation", "metric") if compute.get(key)]
    by = [str(each.get("facet")) for each in given.get("group_by") or ()]
    return _searched(source, str(search), rollup, by, query.text)
