"""What the printer writes, the parser reads back to an equal value."""

from hypothesis import given, settings

from tests.query import grammar
from watchkeeper.query.ast import Expression
from watchkeeper.query.canonical import canonical_expression, canonical_query, means_the_same
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.forms import Query
from watchkeeper.query.parser import parse_query
from watchkeeper.query.printer import render_expression, render_query


@given(grammar.queries)
def test_every_monitors_query_is_read_back_as_it_was_printed(query: Query) -> None:
    """parse(print(q)) == q, for every form of the grammar."""
    assert parse_query(render_query(query)) == query


@given(grammar.expressions(template=True))
def test_every_graphs_query_is_read_back_as_it_was_printed(expression: Expression) -> None:
    """The same for expressions with a dashboard's variables."""
    assert parse_expression(render_expression(expression)) == expression


@given(grammar.formulas)
def test_every_formula_is_read_back_as_it_was_printed(formula: Expression) -> None:
    """The same for formulas over other queries."""
    assert parse_expression(render_expression(formula), is_formula=True) == formula


@given(grammar.queries)
def test_the_canonical_form_is_stable_and_means_the_same(query: Query) -> None:
    """What is canonical stays as it is, also after it was printed and read."""
    canonical = canonical_query(query)

    assert canonical_query(canonical) == canonical
    assert canonical_query(parse_query(render_query(canonical))) == canonical
    assert means_the_same(query, canonical)


@given(grammar.expressions(template=True))
@settings(max_examples=50)
def test_the_canonical_form_of_a_graphs_query_is_stable(expression: Expression) -> None:
    """The same for expressions."""
    canonical = canonical_expression(expression)

    assert canonical_expression(parse_expression(render_expression(canonical))) == canonical
