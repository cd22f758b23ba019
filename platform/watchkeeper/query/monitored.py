"""Every form of monitor query that is computed over series, as the one that the evaluator knows.

A change is the difference to the same query, shifted. A search counts the samples of the series that it finds. A
formula gets its variables filled in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from watchkeeper.query.ast import (
    EVERYTHING,
    AllOf,
    Binary,
    Call,
    Expression,
    Filter,
    Metric,
    Number,
    Variable,
)
from watchkeeper.query.evaluated import ALGORITHMS, refused_parts
from watchkeeper.query.expression_lines import result_keys
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.filling import filled_in
from watchkeeper.query.forms import ChangeQuery, FormulaQuery, MonitorQuery, Query, SearchQuery
from watchkeeper.query.functions import WINDOW_AGGREGATORS
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_query
from watchkeeper.query.parts import parts_of
from watchkeeper.query.scope import parse_scope
from watchkeeper.query.searched import Search, counted, facet_key, searched

_TESTED_THERE: Final = "test it against Datadog itself"
_OF_COST_MONITORS: Final = ("change", "anomaly", "forecast")
_OF_ISSUES: Final = ("source", "new", "impact")
"""Steps of error tracking that choose among issues; the series that is named after the search holds what is left."""
_METRIC_SOURCES: Final = ("metrics", "cloud_cost")
_JOINED_SOURCES: Final = ("aggregate_augmented_query", "aggregate_filtered_query", "reference_table")


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
            found = _search_query(query)
        case FormulaQuery():
            found = _formula(query, options)
        case _:
            raise QuerySyntaxError("this form of query is not computed over series", query.text, 0)
    _check(found)
    return found


def _check(query: MonitorQuery) -> None:
    is_forecast = isinstance(query.expression, Call) and query.expression.name == "forecast"
    if (query.window.kind == "next") != is_forecast:
        message = f"`{query.window.text}` is not evaluated here: forecasts look ahead, everything else looks back"
        raise QuerySyntaxError(message, query.text, query.window.at, fix=_TESTED_THERE, end=query.window.end)
    for refused in refused_parts(query):
        node = refused.node
        raise QuerySyntaxError(refused.sentence, query.text, node.at, fix=_TESTED_THERE, end=node.end)


@dataclass(frozen=True, slots=True)
class ComputedThreshold:
    """`> threshold`: the queries that give the critical threshold and its recovery threshold, None where there is none.

    A query without groups gives the threshold of every group.
    """

    critical: MonitorQuery
    recovery: MonitorQuery | None

    @property
    def queries(self) -> tuple[MonitorQuery, ...]:
        """The queries that there are."""
        return (self.critical,) if self.recovery is None else (self.critical, self.recovery)


def computed_threshold(query: Query, options: Mapping[str, Any]) -> ComputedThreshold | None:
    """How the threshold of a query is computed; None for a number. Raises QuerySyntaxError."""
    if not isinstance(query, MonitorQuery | ChangeQuery | SearchQuery | FormulaQuery):
        return None
    if query.comparison.value is not None:
        return None
    thresholds = options.get("thresholds") or {}
    critical, recovery = (thresholds.get(name) for name in ("critical_query", "critical_recovery_query"))
    if not critical:
        fix = "give options.thresholds.critical_query"
        at, end = query.comparison.at, query.comparison.end
        raise QuerySyntaxError("the query of the threshold is missing", query.text, at, fix=fix, end=end)
    return ComputedThreshold(
        _threshold_query(str(critical), options), _threshold_query(str(recovery), options) if recovery else None
    )


def _threshold_query(text: str, options: Mapping[str, Any]) -> MonitorQuery:
    # It is a formula as in a query, without the comparison.
    return monitored_query(parse_query(f"{text} > 0", "query alert"), options)


def _changed(query: ChangeQuery) -> MonitorQuery:
    now = query.expression
    if isinstance(now, Call) and now.name in ALGORITHMS:
        message = f"a change of {now.name}() is not evaluated: Datadog offers one or the other"
        raise QuerySyntaxError(message, query.text, now.at, fix=_TESTED_THERE, end=now.end)
    before = Call("timeshift", now, (Number(-float(query.shift.seconds)),), at=now.at, end=now.end)
    difference: Expression = Binary("-", now, before)
    if query.kind == "pct_change":
        difference = Binary("*", Binary("/", difference, before), Number(100.0))
    return MonitorQuery(query.aggregator, query.window, difference, query.comparison, query.text)


def _search_query(query: SearchQuery) -> MonitorQuery:
    keys = tuple(facet_key(key) for key in query.by)
    chooses = any(query.step(name) for name in _OF_ISSUES)
    search = Search(query.source, query.search.plain, keys, _scope(query), chooses_further=chooses)
    expression = searched(search, query.rollup, query.text)
    return MonitorQuery("sum", query.window, expression, query.comparison, query.text)


def _scope(query: SearchQuery) -> Filter:
    """The tags of `.over(...)`, which process monitors have."""
    over = query.step("over")
    words = over.words if over is not None else ()
    return AllOf(tuple(parse_scope(word, (0, len(word))) for word in words)) if words else EVERYTHING


def _formula(query: FormulaQuery, options: Mapping[str, Any]) -> MonitorQuery:
    for name in _OF_COST_MONITORS:
        step = query.step(name)
        if step is not None:
            message = f"`.{name}()` of a formula is not evaluated: Datadog does not publish how it is computed"
            raise QuerySyntaxError(message, query.text, step.at, fix=_TESTED_THERE, end=step.end)
    variables = {str(each.get("name")): each for each in options.get("variables") or ()}
    expression = _filled_in(query.expression, variables, query)
    is_counted = any(isinstance(part, Metric) and part.is_count for part in parts_of(expression))
    by = tuple(facet_key(key) for key in query.by)
    if by and set(by) != set(result_keys(expression)):
        step = query.step("by")
        message = "`.by()` of a formula names other keys than its queries are grouped by"
        at, end = (step.at, step.end) if step else (0, 0)
        raise QuerySyntaxError(message, query.text, at, fix="group the queries themselves", end=end)
    asked = query.rollup[0] if query.rollup else ""
    aggregator = asked if asked in WINDOW_AGGREGATORS else "sum" if is_counted else "avg"
    return MonitorQuery(aggregator, query.window, expression, query.comparison, query.text)


def _filled_in(expression: Expression, variables: Mapping[str, Mapping[str, Any]], query: FormulaQuery) -> Expression:
    def found(part: Variable | Call) -> Expression | None:
        match part:
            case Variable(name=name):
                return _variable(_declared(part, variables, query), name, query)
            case Call(name="failed_runs", operand=Variable() as operand):
                jobs = str(_declared(operand, variables, query).get("jobs_query") or "*")
                return counted(Search("failed_runs", jobs, tuple(facet_key(key) for key in query.by)))
            case _:
                return None

    return filled_in(expression, found)


def _declared(variable: Variable, variables: Mapping[str, Mapping[str, Any]], query: FormulaQuery) -> Mapping[str, Any]:
    found = variables.get(variable.name)
    if found is None:
        fix = "declare it in options.variables"
        message = f"the variable {variable.name} is not declared"
        raise QuerySyntaxError(message, query.text, variable.at, fix=fix)
    return found


def _variable(given: Mapping[str, Any], name: str, query: FormulaQuery) -> Expression:
    source = str(given.get("data_source") or "")
    if source in _METRIC_SOURCES:
        return parse_expression(str(given["query"]))
    if source in _JOINED_SOURCES:
        message = f"the variable {name} is not evaluated: it is joined with a table that Datadog keeps"
        raise QuerySyntaxError(message, query.text, 0, fix=_TESTED_THERE)
    search = str((given.get("search") or {}).get("query") or given.get("filter") or "*")
    compute = given.get("compute") or {}
    rollup = tuple(str(compute[key]) for key in ("aggregation", "metric") if compute.get(key))
    if given.get("measure"):
        rollup = ("avg", str(given["measure"]))
    by = (str(each.get("facet") if isinstance(each, Mapping) else each) for each in given.get("group_by") or ())
    return searched(Search(source, search, tuple(map(facet_key, by))), rollup, query.text)
