"""Broken queries: nothing comes back but a value or our own error, which can always be shown."""

import pytest

from benchmarks.queries import EXAMPLES, broken_queries, distinct_queries
from watchkeeper.query.explain import explain
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_query


@pytest.mark.parametrize("seed", range(4))
def test_a_broken_query_ends_in_our_own_error(seed: int) -> None:
    """5,000 queries a seed, with one to eight faults each; `make bench` tries 100,000."""
    errors = [err for monitor_type, text in broken_queries(5000, seed) if (err := _error_of(text, monitor_type))]

    assert len(errors) > 2500
    for error in errors:
        assert error.message
        assert 0 <= error.at <= error.end <= len(error.text)
        assert "^" in error.excerpt.split("\n")[1]


def _error_of(text: str, monitor_type: str) -> QuerySyntaxError | None:
    try:
        explain(text, monitor_type)
    except QuerySyntaxError as err:
        return err
    return None


@pytest.mark.parametrize(("monitor_type", "text"), EXAMPLES, ids=str)
def test_the_queries_that_get_broken_are_good_ones(monitor_type: str, text: str) -> None:
    """Otherwise nothing would be proven."""
    parse_query(text, monitor_type)


def test_the_queries_that_are_measured_are_distinct_and_good() -> None:
    """A thousand of them."""
    queries = list(distinct_queries(1000))

    assert len(set(queries)) == len(queries)
    assert all(parse_query(text, monitor_type) for monitor_type, text in queries)
