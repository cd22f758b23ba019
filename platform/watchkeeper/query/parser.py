"""Queries of monitors, text to values: a hand-written recursive descent, so that every error knows what it expected.

`parse_query` and `parse_graph_query` read every form. `parse_monitor_query` and `parse_metric_query` read what the
evaluator computes, and name in the error what it does not.
"""

import re
from typing import Final

from watchkeeper.errors import did_you_mean, visible
from watchkeeper.query.ast import Call, Expression
from watchkeeper.query.chains import ChainReader
from watchkeeper.query.composite import parse_composite
from watchkeeper.query.evaluated import EVALUATED_WINDOW_AGGREGATORS, refused_parts
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.forms import MonitorQuery, Query
from watchkeeper.query.functions import WINDOW_AGGREGATORS
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.monitor_forms import LONGEST_WINDOW_S, is_window_aggregator
from watchkeeper.query.monitor_types import FORMS, METRIC_TYPES, SOURCES, Opening, sources_of
from watchkeeper.query.parts import group_keys, metrics_of, parts_of

__all__ = [
    "LONGEST_WINDOW_S", "METRIC_TYPES", "parse_graph_query", "parse_metric_query", "parse_monitor_query", "parse_query",
]  # fmt: skip

_OPENING: Final = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_][A-Za-z0-9_-]*)|(?P<quote>[\"'])|(?P<composite>[\d!($]))", re.ASCII
)
_CHANGES: Final = ("change", "pct_change")
_BUDGETS: Final = ("error_budget", "burn_rate")
_EXAMPLES: Final[dict[Opening, str]] = {
    "metric": "avg(last_5m):avg:metric.name{*} > 1",
    "formula": 'formula("query1").last("5m") > 1',
    "search": 'logs("search").index("*").rollup("count").last("5m") > 1',
    "check": '"check".over("*").by("host").last(2).count_by_status()',
    "slo": 'error_budget("id").over("30d") > 75',
    "composite": "1234 && 5678",
}


def parse_query(text: str, monitor_type: str | None = None) -> Query:
    """The query of any monitor; where a type is given the form must be one of its own. Raises QuerySyntaxError."""
    allowed = _allowed(text, monitor_type)
    match = _OPENING.match(text)
    if match is None:
        raise _unopened(text, len(text) - len(text.lstrip()), 1, allowed, monitor_type)
    at, end = match.start(match.lastgroup or 0), match.end()
    opening = _opening(match[match.lastgroup or 0], match.lastgroup or "")
    if opening is None or opening not in allowed:
        raise _unopened(text, at, end, allowed, monitor_type)
    if opening == "composite":
        return parse_composite(text)
    if opening == "search":
        source = match["name"]
        if monitor_type and source not in sources_of(monitor_type):
            raise _unopened(text, at, end, allowed, monitor_type)
        return ChainReader(text, end).search_form(source)
    reader = ChainReader(text, at)
    if opening == "formula":
        return reader.formula_form()
    if opening == "check":
        return reader.check_form()
    if opening == "slo":
        return reader.slo_form()
    return reader.change_form() if match["name"] in _CHANGES else reader.metric_form()


def _opening(word: str, kind: str) -> Opening | None:
    if kind == "quote":
        return "check"
    if kind == "composite":
        return "composite"
    if word in _CHANGES or is_window_aggregator(word):
        return "metric"
    if word in _BUDGETS:
        return "slo"
    if word == "formula":
        return "formula"
    return "search" if word in SOURCES else None


def _allowed(text: str, monitor_type: str | None) -> tuple[Opening, ...]:
    if monitor_type is None:
        return ("metric", "formula", "search", "check", "slo", "composite")
    if monitor_type not in FORMS:
        fix = did_you_mean(monitor_type[:80], FORMS) or f"use one of {', '.join(sorted(FORMS))}"
        raise QuerySyntaxError(f"`{monitor_type}` is no type of monitor", text, 0, tuple(sorted(FORMS)), fix)
    if not FORMS[monitor_type]:
        raise QuerySyntaxError(f"a {monitor_type} has no query of its own", text, 0, (), "change the synthetic test")
    return FORMS[monitor_type]


def _unopened(text: str, at: int, end: int, allowed: tuple[Opening, ...], monitor_type: str | None) -> QuerySyntaxError:
    names: list[str] = []
    if "metric" in allowed:
        names += [*WINDOW_AGGREGATORS, *_CHANGES]
    if "search" in allowed:
        names += sources_of(monitor_type) if monitor_type else SOURCES
    if "formula" in allowed:
        names.append("formula")
    if "slo" in allowed:
        names += _BUDGETS
    word = text[at:end]
    seen = f"`{visible(word[:40])}`" if word else "nothing"
    owner = f"a {monitor_type}" if monitor_type else "a monitor's query"
    examples = [_EXAMPLES[opening] for opening in allowed]
    if "search" in allowed and monitor_type:
        examples[0] = examples[0].replace("logs", sources_of(monitor_type)[0])
    expected = (*names, *(_EXAMPLES[opening] for opening in allowed if opening in ("check", "composite")))
    fix = (did_you_mean(word.lower(), names) if len(word) < 80 else "") or f"write {examples[0]}"  # noqa: PLR2004 - no slip is longer
    return QuerySyntaxError(f"{owner} cannot begin with {seen}", text, at, expected, fix, end=end)


def parse_monitor_query(text: str, monitor_type: str = "query alert") -> MonitorQuery:
    """The query of a metric monitor, if the evaluator computes it. Raises QuerySyntaxError."""
    if monitor_type not in METRIC_TYPES:
        fix = f"use one of {', '.join(METRIC_TYPES)}"
        raise QuerySyntaxError(f"queries of type `{monitor_type}` are not evaluated on a chart", text, 0, fix=fix)
    query = parse_query(text, monitor_type)
    fix = "test it against Datadog itself"
    if not isinstance(query, MonitorQuery):
        raise QuerySyntaxError("this form of query is not evaluated on a chart", text, 0, fix=fix)
    if query.aggregator not in EVALUATED_WINDOW_AGGREGATORS or query.window.kind != "last":
        message = f"`{query.aggregator}({query.window.text})` is not evaluated on a chart"
        raise QuerySyntaxError(message, text, query.window.at, fix=fix, end=query.window.end)
    if query.comparison.value is None:
        raise QuerySyntaxError("a computed threshold has no line on a chart", text, query.comparison.at, fix=fix)
    _check_groups(query.expression, text)
    _check_evaluated(query.expression, text)
    return query


def parse_graph_query(text: str) -> Expression:
    """A query as it stands in a graph of Datadog, computed here or not. Raises QuerySyntaxError."""
    expression = parse_expression(text)
    _check_groups(expression, text)
    return expression


def parse_metric_query(text: str) -> Expression:
    """A query as it stands in a graph, if the evaluator computes it. Raises QuerySyntaxError."""
    expression = parse_graph_query(text)
    _check_evaluated(expression, text)
    return expression


def _check_groups(expression: Expression, text: str) -> None:
    keys = group_keys(expression)
    if any(isinstance(part, Call) and part.name in ("avg", "sum", "min", "max", "count", "percentile")
           for part in parts_of(expression)):  # fmt: skip
        return
    for metric in metrics_of(expression):
        if metric.by and set(metric.by) != set(keys):
            what = f"grouped by {', '.join(metric.by)} here, by {', '.join(keys)} before"
            fix = "group both sides by the same keys, or one side by none"
            raise QuerySyntaxError(what, text, metric.at, fix=fix, end=metric.end)


def _check_evaluated(expression: Expression, text: str) -> None:
    for refused in refused_parts(expression):
        message, node = refused.sentence, refused.node
        raise QuerySyntaxError(message, text, node.at, fix="test it against Datadog itself", end=node.end)
