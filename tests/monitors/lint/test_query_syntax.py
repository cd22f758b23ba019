"""Rule query-syntax."""

from tests.monitors.lint.conftest import Lint


def test_a_query_that_datadog_would_refuse_is_found_with_place_and_remedy(lint: Lint) -> None:
    """The line of the query, the character in it, the nearest name."""
    (found,) = lint(query="avg(last_5m):avg:a{*}.as_cuont() > 1")

    assert (found.rule, found.where and found.where.line) == ("query-syntax", 6)
    assert "character 23" in found.what
    assert found.fix == "did you mean `as_count`?"


def test_a_good_query_is_no_finding(lint: Lint) -> None:
    """Silence."""
    assert lint() == []
