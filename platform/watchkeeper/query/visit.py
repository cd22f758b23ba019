"""What a query mentions: metrics, tags, group keys, windows, functions, variables; and every part of it in turn."""

from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from watchkeeper.query.ast import (
    AllOf,
    AnyOf,
    Binary,
    Call,
    Expression,
    Filter,
    InFilter,
    Items,
    Keys,
    Keyword,
    Method,
    Metric,
    Modified,
    Negative,
    Node,
    NotFilter,
    Number,
    TagFilter,
    Text,
    Variable,
    VariableFilter,
    Word,
)
from watchkeeper.query.forms import (
    ChangeQuery,
    CheckQuery,
    CompositeQuery,
    Condition,
    Form,
    FormulaQuery,
    Member,
    MemberId,
    MonitorQuery,
    NoneOf,
    Query,
    SearchQuery,
    SloQuery,
    Window,
    window_of,
)
from watchkeeper.query.parts import group_keys
from watchkeeper.query.search import search_terms
from watchkeeper.query.searched import SearchMetric, facet_key

Subject = Query | Expression
_LEAVES: Final = frozenset({Variable, Number, Word, Text, Keys, TagFilter, VariableFilter, InFilter})


def form_of(query: Query) -> Form:
    """The name of the form: `metric`, `anomalies`, `pct_change`, `search`..."""
    match query:
        case MonitorQuery(expression=expression, aggregator=aggregator):
            if isinstance(expression, Call) and expression.name in ("anomalies", "outliers", "forecast"):
                return expression.name  # type: ignore[return-value]
            is_percentile = aggregator == "percentile" or aggregator[1:2].isdigit()
            return "percentile" if is_percentile else "metric"
        case ChangeQuery(kind=kind) | SloQuery(kind=kind):
            return kind
        case CheckQuery():
            return "check"
        case SearchQuery():
            return "search"
        case FormulaQuery():
            return "formula"
        case CompositeQuery():
            return "composite"
        case _:
            assert_never(query)


def expression_of(subject: Subject) -> Expression | None:
    """The expression of a metric form or formula; None for checks, searches, budgets and composites."""
    match subject:
        case (
            MonitorQuery(expression=expression)
            | ChangeQuery(expression=expression)
            | FormulaQuery(expression=expression)
        ):
            return expression
        case CheckQuery() | SearchQuery() | SloQuery() | CompositeQuery():
            return None
        case _:
            return subject


def nodes_of(subject: Subject) -> Sequence[Node]:
    """Every part of the expression, arguments, methods and filters included, the outer before the inner."""
    expression = expression_of(subject)
    found = [] if expression is None else _below(expression)
    if isinstance(subject, SearchQuery | FormulaQuery):
        for step in subject.steps:
            found += _below(step)
    return found


def _below(node: Node) -> list[Node]:
    found: list[Node] = []
    waiting = [node]
    while waiting:
        node = waiting.pop()
        found.append(node)
        if type(node) not in _LEAVES:
            waiting += _children(node)[::-1]
    return found


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Metric(scope=scope, methods=methods):
            return (scope, *methods)
        case Keyword(value=value):
            return (value,)
        case Method(arguments=arguments) | Items(items=arguments):
            return arguments
        case AllOf(operands=operands) | AnyOf(operands=operands):
            return operands
        case Binary(left=left, right=right):
            return (left, right)
        case Negative(operand=operand) | NotFilter(operand=operand):
            return (operand,)
        case Call(operand=operand, arguments=arguments):
            return (operand, *arguments)
        case Modified(operand=operand, methods=methods):
            return (operand, *methods)
        case Variable() | Number() | Word() | Text() | Keys() | TagFilter() | VariableFilter() | InFilter():
            return ()
        case _:
            assert_never(node)


def metrics_in(subject: Subject) -> tuple[Metric, ...]:
    """Every metric, from left to right."""
    return tuple(node for node in nodes_of(subject) if isinstance(node, Metric))


def tags_of(subject: Subject) -> tuple[str, ...]:
    """The tags that are asked for or excluded, `key:value`, each once, in the order of the text."""
    found: dict[str, None] = {}
    for node in nodes_of(subject):
        match node:
            case TagFilter(key=key, value=value):
                found[f"{key}:{value}" if value else key] = None
            case InFilter(key=key, values=values):
                found.update(dict.fromkeys(f"{key}:{value}" for value in values))
            case _:
                pass
    if isinstance(subject, CheckQuery):
        found.update(dict.fromkeys(each.plain.lower() for each in (*subject.over, *subject.exclude)))
        found.pop("*", None)
    if isinstance(subject, SearchQuery):
        terms = search_terms(subject.search.text)
        found.update(dict.fromkeys(f"{term.key}:{term.value}" for term in terms if term.key))
    return tuple(found)


def tags_asked_for(subject: Subject) -> tuple[str, ...]:
    """The tags that what is watched has: as `tags_of`, without those that are excluded."""
    found: dict[str, None] = {}
    for metric in metrics_in(subject):
        found.update(dict.fromkeys(_asked(metric.scope)))
        if isinstance(metric, SearchMetric):
            found.update(dict.fromkeys(_asked(metric.wanted)))
    if isinstance(subject, CheckQuery):
        found.update(dict.fromkeys(each.plain.lower() for each in subject.over if each.plain != "*"))
    return tuple(found)


def _asked(scope: Filter) -> Iterator[str]:
    match scope:
        case TagFilter(key=key, value=value) if key:
            yield f"{facet_key(key)}:{value.lower()}" if value else key
        case InFilter(key=key, values=values):
            yield from (f"{key}:{value}" for value in values)
        case AllOf(operands=operands) | AnyOf(operands=operands):
            for operand in operands:
                yield from _asked(operand)
        case _:
            pass


def group_by_of(subject: Subject) -> tuple[str, ...]:
    """The keys or facets that make the groups; empty where there is one group for all."""
    match subject:
        case CheckQuery(by=by):
            return tuple(key.strip() for each in by for key in each.plain.split(","))
        case SearchQuery() | FormulaQuery():
            return subject.by
        case SloQuery() | CompositeQuery():
            return ()
        case _:
            expression = expression_of(subject)
            return group_keys(expression) if expression is not None else ()


def windows_of(subject: Subject) -> tuple[Window, ...]:
    """Every window that is named, the one that is evaluated first; those of anomalies and forecasts come last."""
    found: list[Window | None] = []
    match subject:
        case MonitorQuery(window=window) | SearchQuery(window=window) | FormulaQuery(window=window):
            found.append(window)
        case ChangeQuery(window=window, shift=shift):
            found += [window, shift]
        case SloQuery(over=over, long_window=long_window, short_window=short_window):
            found += [over, long_window, short_window]
        case _:
            pass
    for node in nodes_of(subject):
        if isinstance(node, Keyword) and node.name in ("alert_window", "history") and isinstance(node.value, Text):
            named = window_of(node.value.text)
            if named is not None:
                found.append(Window(named.kind, named.amount, named.unit, node.value.at, node.value.end))
    return tuple(window for window in found if window is not None)


def functions_of(subject: Subject) -> tuple[str, ...]:
    """The functions and methods in use, each once, in the order of the text; not the steps of a search."""
    expression = expression_of(subject)
    if expression is None:
        return ()
    return tuple(dict.fromkeys(node.name for node in _below(expression) if isinstance(node, Call | Method)))


def variables_of(subject: Subject) -> tuple[str, ...]:
    """The names of the other queries that a formula computes with, each once."""
    return tuple(dict.fromkeys(node.name for node in nodes_of(subject) if isinstance(node, Variable)))


def template_variables_of(subject: Subject) -> tuple[str, ...]:
    """The names of a dashboard's template variables, without `$`, each once."""
    found: dict[str, None] = {}
    for node in nodes_of(subject):
        match node:
            case VariableFilter(name=name):
                found[name] = None
            case TagFilter(value=value) | Word(text=value):
                found.update(dict.fromkeys(names_in(value)))
            case InFilter(values=values):
                found.update(dict.fromkeys(name for value in values for name in names_in(value)))
            case _:
                pass
    return tuple(found)


def names_in(value: str) -> tuple[str, ...]:
    """The template variables inside of a tag's value: `("topic",)` for `$topic.value`."""
    pieces = value.split("$")[1:]
    return tuple(piece.removesuffix(".value").rstrip("*/-.:") for piece in pieces if piece)


def members_of(condition: Condition) -> tuple[MemberId, ...]:
    """The ids or names of a composite's monitors, in the order of the text."""
    match condition:
        case Member(monitor=monitor):
            return (monitor,)
        case NoneOf(operand=operand):
            return members_of(operand)
        case _:
            return (*members_of(condition.left), *members_of(condition.right))


def signs_of(scope: Filter) -> frozenset[str]:
    """How a filter is joined and negated: some of `,` `!` `-` `AND` `OR` `NOT` `IN`."""
    found: set[str] = set()
    for node in _below(scope):
        match node:
            case AllOf(signs=signs):
                found.update(signs)
            case AnyOf():
                found.add("OR")
            case InFilter():
                found.add("IN")
            case NotFilter(sign=sign):
                found.add(sign)
            case _:
                pass
    return frozenset(found)
