"""What rules ask a monitor before they look closer, and what several of them need to know of it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.subject import Subject, as_number
from watchkeeper.monitors.message import pieces
from watchkeeper.monitors.slo.naming import objective_of
from watchkeeper.project.source import KeyPath
from watchkeeper.query.ast import AllOf, Call, Expression, Filter, Metric, NotFilter, TagFilter
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.forms import (
    ChangeQuery,
    CheckQuery,
    Comparison,
    FormulaQuery,
    MonitorQuery,
    Query,
    SearchQuery,
    SloQuery,
)
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parts import metrics_of as all_metrics
from watchkeeper.query.settings import AnomalySettings, anomaly_settings
from watchkeeper.query.visit import expression_of, group_by_of, metrics_in, nodes_of

QUERY: Final = ("query",)
MESSAGE: Final = ("message",)
THRESHOLDS: Final = ("options", "thresholds")


def is_monitor(subject: Subject) -> bool:
    """It is a monitor."""
    return subject.kind == "monitor"


def is_slo(subject: Subject) -> bool:
    """It is an objective."""
    return subject.kind == "slo"


def is_slo_alert(subject: Subject) -> bool:
    """It is an alert on an objective."""
    return isinstance(subject.query, SloQuery)


def is_read(subject: Subject) -> bool:
    """It is a monitor whose query can be read."""
    return query_of(subject) is not None


def has_metrics(subject: Subject) -> bool:
    """It is a monitor on metrics: metric, change, anomalies, outliers, forecast."""
    return isinstance(subject.query, MonitorQuery | ChangeQuery)


def has_message(subject: Subject) -> bool:
    """It says something."""
    return subject.kind == "monitor" and bool(subject.declared.strip())


def has_type(*types: str) -> Callable[[Subject], bool]:
    """It is of one of the types."""
    return lambda subject: subject.kind == "monitor" and subject.type in types


def has_option(*names: str) -> Callable[[Subject], bool]:
    """One of the options is set."""
    return lambda subject: subject.kind == "monitor" and any(subject.options.get(name) is not None for name in names)


def has_call(*names: str) -> Callable[[Subject], bool]:
    """One of the functions is used."""
    return lambda subject: any(True for _ in calls_of(subject, *names))


def has_number(subject: Subject) -> bool:
    """Its query ends with a comparison with a number."""
    comparison = comparison_of(subject)
    return comparison is not None and comparison.value is not None


def query_of(subject: Subject) -> Query | None:
    """The query, where it can be read."""
    return None if isinstance(subject.query, QuerySyntaxError) else subject.query


def expression_in(subject: Subject) -> Expression | None:
    """The expression of a query on metrics or of a formula."""
    query = query_of(subject)
    return expression_of(query) if query is not None else None


def comparison_of(subject: Subject) -> Comparison | None:
    """The comparison that ends the query."""
    return getattr(query_of(subject), "comparison", None)


def metrics_of(subject: Subject) -> tuple[Metric, ...]:
    """Every metric of the query, from left to right."""
    return subject.once("metrics", _metrics)


def groups_of(subject: Subject) -> tuple[str, ...]:
    """The keys by which the monitor is split."""
    return subject.once("groups", _groups)


def calls_of(subject: Subject, *names: str) -> Iterator[Call]:
    """Every call of one of the functions."""
    return (call for call in calls_in(subject) if call.name in names)


def calls_in(subject: Subject) -> tuple[Call, ...]:
    """Every call of a function."""
    return subject.once("calls", _calls)


def anomalies_of(subject: Subject) -> AnomalySettings | None:
    """The settings of an anomaly monitor."""
    return subject.once("anomalies", _anomalies)


def is_anomaly(subject: Subject) -> bool:
    """It is an anomaly monitor."""
    return anomalies_of(subject) is not None


def has_windowed_kind(subject: Subject) -> bool:
    """Its query is evaluated over a window: everything but composites, checks and objectives."""
    return isinstance(subject.query, MonitorQuery | ChangeQuery | SearchQuery | FormulaQuery)


def is_check(subject: Subject) -> bool:
    """It is a service check."""
    return isinstance(subject.query, CheckQuery)


def option_number(subject: Subject, name: str) -> float | None:
    """An option as a number; None where it is absent or none."""
    return as_number(subject.options.get(name))


def demanded(scope: Filter) -> Iterator[tuple[TagFilter, bool]]:
    """The tags that every series must carry (true) or must not carry (false): those joined by AND at the top."""
    match scope:
        case TagFilter():
            yield scope, True
        case NotFilter(operand=TagFilter() as tag):
            yield tag, False
        case AllOf(operands=operands):
            for operand in operands:
                yield from demanded(operand)
        case _:
            return


def plain_metric(subject: Subject) -> Metric | None:
    """The one metric whose values, unchanged, are compared with the threshold."""
    query = query_of(subject)
    expression = query.expression if isinstance(query, MonitorQuery) else None
    return expression if isinstance(expression, Metric) else None


def thresholds_of(subject: Subject) -> list[Mapping[str, Any]]:
    """The thresholds of an objective: one for each span of time."""
    return _mappings(subject.body.get("thresholds"))


def _mappings(value: object) -> list[Mapping[str, Any]]:
    """The mappings of a list; whatever else JSON holds there is left to the rules about it."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def slo_query_of(subject: Subject) -> SloQuery | None:
    """The query of an alert on an objective."""
    return subject.query if isinstance(subject.query, SloQuery) else None


def objective_in(subject: Subject, context: Context) -> Mapping[str, Any] | None:
    """The objective that an alert names, where it is known."""
    query = slo_query_of(subject)
    return None if query is None else objective_of(query.slo.plain, subject.service, context.slos)


def targets_of(objective: Mapping[str, Any]) -> Mapping[str, float]:
    """The targets of an objective in percent, by time-frame."""
    found = {
        str(each.get("timeframe")): as_number(each.get("target")) for each in _mappings(objective.get("thresholds"))
    }
    return {timeframe: target for timeframe, target in found.items() if target is not None}


def slo_counts(subject: Subject) -> tuple[tuple[KeyPath, Expression | QuerySyntaxError], ...]:
    """Numerator and denominator of an objective, each at its place, or why it cannot be read."""
    return subject.once("counts", _counts)


def slo_metrics(subject: Subject) -> Iterator[tuple[KeyPath, Metric]]:
    """Every metric that an objective counts, with the place of its query."""
    for path, found in slo_counts(subject):
        if not isinstance(found, QuerySyntaxError):
            yield from ((path, metric) for metric in all_metrics(found))


def pieces_of(subject: Subject) -> list[tuple[str, str, int]]:
    """The declared message in parts: kind, content, and where each begins."""
    return subject.once("pieces", lambda asked: list(pieces(asked.declared)))


def _counts(subject: Subject) -> tuple[tuple[KeyPath, Expression | QuerySyntaxError], ...]:
    query = subject.body.get("query")
    given = query if subject.kind == "slo" and isinstance(query, Mapping) else {}
    found: list[tuple[KeyPath, Expression | QuerySyntaxError]] = []
    for name in ("numerator", "denominator"):
        text = given.get(name)
        if isinstance(text, str):
            try:
                found.append((("query", name), parse_expression(text)))
            except QuerySyntaxError as err:
                found.append((("query", name), err))
    return tuple(found)


def _metrics(subject: Subject) -> tuple[Metric, ...]:
    query = query_of(subject)
    return metrics_in(query) if query is not None else ()


def _groups(subject: Subject) -> tuple[str, ...]:
    query = query_of(subject)
    return group_by_of(query) if query is not None else ()


def _calls(subject: Subject) -> tuple[Call, ...]:
    query = query_of(subject)
    if query is None or "(" not in subject.text:
        return ()
    return tuple(node for node in nodes_of(query) if isinstance(node, Call))


def _anomalies(subject: Subject) -> AnomalySettings | None:
    query = query_of(subject)
    return anomaly_settings(query.expression) if isinstance(query, MonitorQuery) else None
