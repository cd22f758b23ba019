"""A query explained: its form, its canonical text, and everything that it mentions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from watchkeeper.query.ast import Call, Expression, Method, Metric, Variable, plain_number
from watchkeeper.query.canonical import canonical_expression, canonical_query
from watchkeeper.query.expressions import parse_expression, parse_query_list
from watchkeeper.query.forms import CompositeQuery, Form, MemberId, Query
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_query
from watchkeeper.query.printer import render_expression, render_query
from watchkeeper.query.visit import (
    Subject,
    form_of,
    group_by_of,
    members_of,
    nodes_of,
    tags_of,
    variables_of,
    windows_of,
)

GRAPH_TYPES: Final = ("graph", "formula")
"""Beside the types of monitors: the queries and the formulas of a dashboard's widgets."""
_COMPARED: Final = re.compile(r"[<>]|[!=]=")
_USUAL_NAME: Final = re.compile(r"query\d*|[a-z]\d?")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a query is and mentions; names stand in the order of the text, each once.

    form: of a monitor's query, or `graph`, or `formula`. window_s: the window that is evaluated, None where there is
    none. variables: the queries a formula computes with. members: the monitors of a composite. threshold: `> 4`.
    """

    form: Form | Literal["graph"]
    canonical: str
    metrics: tuple[str, ...]
    tags: tuple[str, ...]
    group_by: tuple[str, ...]
    window_s: int | None
    functions: tuple[str, ...]
    methods: tuple[str, ...]
    variables: tuple[str, ...]
    members: tuple[MemberId, ...]
    threshold: str


def explain(text: str, query_type: str | None = None) -> Explanation:
    """The explanation of a query. Raises QuerySyntaxError.

    query_type: of a monitor, `graph` or `formula`. Without one every form is tried; what compares is a monitor's.
    """
    if query_type == "graph":
        return _of_graph(parse_query_list(text))
    if query_type == "formula":
        return _of_graph((parse_expression(text, is_formula=True),), "formula")
    try:
        return _of_monitor(parse_query(text, query_type))
    except QuerySyntaxError as err:
        if query_type is not None:
            raise
        return _of_widget(text, err)


def _of_widget(text: str, first: QuerySyntaxError) -> Explanation:
    furthest = first
    try:
        return _of_graph(parse_query_list(text))
    except QuerySyntaxError as err:
        furthest = err if err.at > first.at and not _COMPARED.search(text) else first
    try:
        formula = parse_expression(text, is_formula=True)
    except QuerySyntaxError:
        raise furthest from None
    names = variables_of(formula)
    if not names or not all(_USUAL_NAME.fullmatch(name) for name in names):
        raise furthest
    return _of_graph((formula,), "formula")


def _of_monitor(query: Query) -> Explanation:
    windows = windows_of(query)
    comparison = None if isinstance(query, CompositeQuery) else getattr(query, "comparison", None)
    value = None if comparison is None else comparison.value
    return _explained(
        (query,),
        form_of(query),
        render_query(canonical_query(query)),
        window_s=windows[0].seconds if windows else None,
        members=members_of(query.condition) if isinstance(query, CompositeQuery) else (),
        threshold="" if comparison is None else f"{comparison.comparator} {_value(value)}",
    )


def _value(value: float | None) -> str:
    return "threshold" if value is None else plain_number(value)


def _of_graph(queries: Sequence[Expression], form: Literal["graph", "formula"] = "graph") -> Explanation:
    canonical = ", ".join(render_expression(canonical_expression(each)) for each in queries)
    return _explained(queries, form, canonical)


def _explained(
    subjects: Sequence[Subject],
    form: Form | Literal["graph"],
    canonical: str,
    *,
    window_s: int | None = None,
    members: tuple[MemberId, ...] = (),
    threshold: str = "",
) -> Explanation:
    steps = {id(step) for subject in subjects for step in getattr(subject, "steps", ())}
    metrics: dict[str, None] = {}
    functions: dict[str, None] = {}
    methods: dict[str, None] = {}
    variables: dict[str, None] = {}
    for subject in subjects:
        for node in nodes_of(subject):
            if isinstance(node, Metric):
                metrics[node.name] = None
            elif isinstance(node, Call):
                functions[node.name] = None
            elif isinstance(node, Variable):
                variables[node.name] = None
            elif isinstance(node, Method) and id(node) not in steps:
                methods[node.name] = None
    return Explanation(
        form=form,
        canonical=canonical,
        metrics=tuple(metrics),
        tags=_once(tag for subject in subjects for tag in tags_of(subject)),
        group_by=_once(key for subject in subjects for key in group_by_of(subject)),
        window_s=window_s,
        functions=tuple(functions),
        methods=tuple(methods),
        variables=tuple(variables),
        members=members,
        threshold=threshold,
    )


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
