"""What a query mentions."""

from watchkeeper.query.ast import Metric
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.parser import parse_query
from watchkeeper.query.search import Term, search_terms
from watchkeeper.query.visit import (
    functions_of,
    group_by_of,
    members_of,
    metrics_in,
    nodes_of,
    signs_of,
    tags_of,
    template_variables_of,
    variables_of,
    windows_of,
)

QUERY = parse_query(
    "pct_change(sum(last_30m),1d_ago):default_zero(sum:a.b{env:prod,!x:y} by {host}.as_count()) / "
    "max:c.d{z IN (p,q)} by {host}.rollup(max, 60) > 5"
)


def test_metrics_come_from_left_to_right() -> None:
    """Every one, with what stands on it."""
    assert [metric.name for metric in metrics_in(QUERY)] == ["a.b", "c.d"]


def test_tags_are_those_asked_for_and_those_excluded() -> None:
    """Each once; values of IN are tags of their own."""
    assert tags_of(QUERY) == ("env:prod", "x:y", "z:p", "z:q")


def test_functions_and_methods_come_in_the_order_of_the_text() -> None:
    """Each once."""
    assert functions_of(QUERY) == ("default_zero", "as_count", "rollup")


def test_windows_begin_with_the_one_that_is_evaluated() -> None:
    """Then what it is compared with."""
    assert [window.text for window in windows_of(QUERY)] == ["last_30m", "1d_ago"]


def test_group_keys_are_those_of_the_first_grouped_metric() -> None:
    """A facet of a search, a key of a check likewise."""
    assert group_by_of(QUERY) == ("host",)
    assert group_by_of(parse_query('logs("a").by("@x,y").last("5m") > 1')) == ("@x", "y")
    assert group_by_of(parse_query("1 && 2")) == ()


def test_every_part_is_visited_once() -> None:
    """Filters, methods and arguments included."""
    nodes = nodes_of(parse_expression("top(avg:a{x:y} / 2, 10, 'mean', 'desc')"))

    assert [type(node).__name__ for node in nodes] == [
        "Call", "Binary", "Metric", "TagFilter", "Number", "Number", "Text", "Text",
    ]  # fmt: skip


def test_the_variables_of_a_formula_and_of_a_dashboard_are_two_things() -> None:
    """Queries by name; `$name` in a filter, alone or as a value."""
    formula = parse_expression("query1 / max(query2, query1)", is_formula=True)
    graph = parse_expression("avg:a{$scope,topic:$topic.value,x:*$y*} by {z}.rollup(max, $interval)")

    assert variables_of(formula) == ("query1", "query2")
    assert template_variables_of(graph) == ("scope", "topic", "y", "interval")


def test_signs_tell_how_a_filter_is_joined() -> None:
    """So that a mixture can be found."""
    metric = parse_expression("a{x:y, !z:w AND v IN (u)}")

    assert isinstance(metric, Metric)
    assert signs_of(metric.scope) == {",", "!", "AND", "IN"}


def test_the_members_of_a_composite_come_in_the_order_of_the_text() -> None:
    """With those that are negated."""
    query = parse_query("3 && !(1 || 2)")

    assert members_of(query.condition) == (3, 1, 2)  # type: ignore[union-attr]


def test_the_terms_of_a_search_carry_key_value_and_negation() -> None:
    """Groups hand their key and their minus down."""
    found = search_terms('env:prod -@http.status:(500 OR 502) "no route" NOT host:a @time:[1 TO 5] x:12:30')

    assert found == (
        Term("env", "prod", is_negated=False),
        Term("@http.status", "500", is_negated=True),
        Term("@http.status", "502", is_negated=True),
        Term("", "no route", is_negated=False),
        Term("host", "a", is_negated=True),
        Term("@time", "[1 TO 5]", is_negated=False),
        Term("x", "12:30", is_negated=False),
    )
