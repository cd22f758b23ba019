"""Every form of monitor query that gives a value, and those that are refused."""

from collections.abc import Mapping

import pytest

from watchkeeper.monitors.alerting import monitor_approximations, parsed_query
from watchkeeper.query.evaluate import (
    evaluate,
    evaluate_window,
    filled_buckets,
    full_bucket_s,
    is_full_window,
    value_of_silence,
)
from watchkeeper.query.forms import Window
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.series import Kind, MemorySeries, Series

START = 1_764_000_000


def series(metric: str, values: list[float], *tags: str, kind: Kind = "gauge", start: int = START) -> Series:
    return Series(metric, frozenset(tags), [start + 60 * index for index in range(len(values))], values, kind)


def values(definition: Mapping[str, object], *given: Series, minutes: int) -> dict[tuple[str, ...], float | None]:
    query = parsed_query(definition)
    found = evaluate(query, MemorySeries(given), START + 60 * minutes)
    return {group: each.value for group, each in found.items()}


def value(query: str, *given: Series, minutes: int = 5) -> float | None:
    return values({"query": query, "type": "query alert"}, *given, minutes=minutes)[()]


def test_a_change_is_the_difference_to_the_window_before() -> None:
    """Bucket by bucket, then the aggregation: (10-1 + 20-2) / 2."""
    given = series("m", [1, 2, 0, 0, 0, 10, 20])

    assert value("change(avg(last_2m),5m_ago):avg:m{*} > 1", given, minutes=7) == pytest.approx(13.5)


def test_a_relative_change_of_a_gauge_is_computed_bucket_by_bucket() -> None:
    """(2-1)/1 and (8-4)/4 are 100 % each."""
    given = series("m", [1, 4, 2, 8])

    assert value("pct_change(avg(last_2m),last_2m):avg:m{*} > 1", given, minutes=4) == pytest.approx(100)


def test_a_relative_change_with_as_count_aggregates_first() -> None:
    """5 become 10: 100 %; bucket by bucket it would be the average of 100 and 100 from other figures."""
    given = series("m", [1, 4, 9, 1], kind="count")

    assert value("pct_change(sum(last_2m),last_2m):sum:m{*}.as_count() > 1", given, minutes=4) == pytest.approx(100)


def test_a_percentile_of_a_window_merges_all_of_its_samples() -> None:
    """percentile(last_5m) of p90."""
    given = series("m", [1, 2, 3, 4, 100], kind="distribution")

    assert value("percentile(last_5m):p75:m{*} > 1", given) == 4
    assert value("avg(last_5m):p75:m{*} > 1", given) == 22


def test_a_search_counts_the_samples_of_the_series_that_is_named_after_it() -> None:
    """Log counts are given as series."""
    query = 'logs("status:error").index("*").rollup("count").by("service").last("5m") > 10'
    given = series('logs("status:error")', [3, 4, 5], "service:api", kind="count")

    found = values({"query": query, "type": "log alert"}, given, minutes=5)

    assert found == {("service:api",): 12}


def test_a_formula_gets_its_variables_filled_in() -> None:
    """Queries on metrics in options.variables."""
    variables = [
        {"name": "a", "data_source": "metrics", "query": "sum:e{*}.as_count()"},
        {"name": "b", "data_source": "metrics", "query": "sum:t{*}.as_count()"},
    ]
    definition = {
        "query": 'formula("a / b * 100").last("5m") > 5',
        "type": "query alert",
        "options": {"variables": variables},
    }
    errors, total = series("e", [1] * 5, kind="count"), series("t", [10] * 5, kind="count")

    assert values(definition, errors, total, minutes=5) == {(): 10}


def test_a_search_picks_its_events_out_of_everything_by_their_tags() -> None:
    """A series of `logs("*")` holds all logs with these tags; the search says which of them are counted."""
    query = 'logs("service:api @http.status_code:[500 TO 599] -env:dev").index("*").rollup("count").last("5m") > 10'
    given = [
        series('logs("*")', [3.0] * 5, "service:api", "http.status_code:503", kind="count"),
        series('logs("*")', [7.0] * 5, "service:api", "http.status_code:404", kind="count"),
        series('logs("*")', [9.0] * 5, "service:web", "http.status_code:500", kind="count"),
        series('logs("*")', [5.0] * 5, "service:api", "http.status_code:500", "env:dev", kind="count"),
    ]

    assert values({"query": query, "type": "log alert"}, *given, minutes=5) == {(): 15}


@pytest.mark.parametrize(
    ("rollup", "expected"),
    [
        ('"avg", "@duration"', 14.0),
        ('"sum", "@duration"', 70.0),
        ('"min", "@duration"', 10.0),
        ('"max", "@duration"', 20.0),
        ('"median", "@duration"', 10.0),
        ('"pc75", "@duration"', 20.0),
    ],
    ids=str,
)
def test_a_measure_is_aggregated_over_all_findings_of_the_window(rollup: str, expected: float) -> None:
    """Three of 10 and two of 20, in different minutes."""
    query = f'logs("status:error").index("*").rollup({rollup}).last("5m") > 1'
    measured = series('logs("status:error"):duration', [10, 20, 10, 20, 10])

    assert values({"query": query, "type": "log alert"}, measured, minutes=5) == {(): expected}


def test_cardinality_counts_the_values_of_a_facet_over_the_whole_window() -> None:
    """Users a and b of one service, c of another; d was not found, though its series exists."""
    query = 'logs("status:error").index("*").rollup("cardinality", "@usr.id").by("service").last("3m") > 1'
    name = 'logs("status:error")'
    given = [
        series(name, [1, 0, 0], "service:api", "usr.id:a", kind="count"),
        series(name, [0, 0, 4], "service:api", "usr.id:b", kind="count"),
        series(name, [2, 2, 2], "service:web", "usr.id:c", kind="count"),
        series(name, [0, 0, 0], "service:web", "usr.id:d", kind="count"),
    ]

    found = values({"query": query, "type": "log alert"}, *given, minutes=3)

    assert found == {("service:api",): 2, ("service:web",): 1}


def test_a_formula_is_rolled_up_as_it_says() -> None:
    """`.rollup("max")` over the window, instead of the average."""
    variables = [{"name": "a", "data_source": "metrics", "query": "avg:m{*}"}]
    definition = {
        "query": 'formula("a + 1").rollup("max").last("5m") > 5',
        "type": "query alert",
        "options": {"variables": variables},
    }

    assert values(definition, series("m", [1, 2, 9, 2, 1]), minutes=5) == {(): 10}


def test_a_process_monitor_looks_at_the_tags_that_it_is_over() -> None:
    """Processes of one environment, named after their search."""
    query = 'processes("java").over("env:prod").rollup("count").by("host").last("5m") < 1'
    given = [
        series('processes("java")', [2], "env:prod", "host:a", kind="count"),
        series('processes("java")', [3], "env:dev", "host:b", kind="count"),
    ]

    assert values({"query": query, "type": "process alert"}, *given, minutes=5) == {("host:a",): 2}


def test_a_formula_that_groups_otherwise_than_its_queries_is_refused() -> None:
    """What it would mean is nowhere said."""
    variables = [{"name": "a", "data_source": "metrics", "query": "avg:m{*} by {host}"}]
    query = 'formula("a").by("env").last("5m") > 5'

    with pytest.raises(QuerySyntaxError, match="other keys"):
        parsed_query({"query": query, "type": "query alert", "options": {"variables": variables}})


def test_the_failed_runs_of_jobs_are_given_as_a_series() -> None:
    """It is named after the query for the jobs; a failed run is a sample of 1."""
    definition = {
        "query": 'formula("failed_runs(run_query)").by(job_name).last(10d) > 0',
        "type": "data-jobs alert",
        "options": {"variables": [{"name": "run_query", "job_type": "databricks.job", "jobs_query": "job_name:*"}]},
    }
    given = series('failed_runs("job_name:*")', [1, 1], "job_name:nightly", kind="count")

    assert values(definition, given, minutes=5) == {("job_name:nightly",): 2}


def test_a_variable_that_datadog_joins_with_a_table_is_refused() -> None:
    """No series could stand for it."""
    variables = [{"name": "a", "data_source": "aggregate_filtered_query", "base_query": {}}]
    definition = {"query": 'formula("a").last("5m") > 5', "type": "query alert", "options": {"variables": variables}}

    with pytest.raises(QuerySyntaxError, match="joined with a table"):
        parsed_query(definition)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("max(sum:e{*}.as_count() / sum:t{*}.as_count(), 0.1)", 0.6),
        ("min(sum:e{*}.as_count() / sum:t{*}.as_count(), sum:z{*}.as_count())", 0.0),
        ("ewma_3(sum:e{*}.as_count() / sum:t{*}.as_count())", 0.6),
        ("moving_rollup(sum:e{*}.as_count() / sum:t{*}.as_count(), 120, 'max')", 0.6),
        ("(sum:e{*}.as_count() / sum:t{*}.as_count()).rollup(sum, 60)", 0.6),
        ("(sum:e{*}.as_count() / sum:t{*}.as_count()).fill(zero)", 0.6),
        ("throughput(sum:e{*}.as_count() + sum:t{*}.as_count())", 40 / 300),
        ("abs(sum:e{*}.as_count() - sum:t{*}.as_count())", 10.0),
        ("trend_line(sum:e{*}.as_count() / sum:t{*}.as_count())", 0.6),
        ("count_not_null(sum:e{*}.as_count() / sum:t{*}.as_count())", 1.0),
    ],
    ids=str,
)
def test_a_function_over_counted_arithmetic_sees_one_number(expression: str, expected: float) -> None:
    """1 to 5 errors of 5 requests a minute: 15/25 of the whole window; what is missing counts as 0."""
    errors, total = series("e", [1, 2, 3, 4, 5], kind="count"), series("t", [5] * 5, kind="count")

    assert value(f"sum(last_5m):{expression} > 1", errors, total) == pytest.approx(expected)


def test_counted_arithmetic_may_be_aggregated_over_its_groups_again() -> None:
    """The worst ratio of two hosts: 1/10 and 4/10."""
    given = [
        series(name, [count], f"host:{host}", kind="count")
        for name, host, count in (("e", "a", 1), ("t", "a", 10), ("e", "b", 4), ("t", "b", 10))
    ]
    query = "sum(last_5m):max(sum:e{*} by {host}.as_count() / sum:t{*} by {host}.as_count()) > 1"

    assert value(query, *given) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("query", "monitor_type"),
    [
        ("avg(last_5m):autosmooth(avg:m{*}) > 1", "query alert"),
        ("sum(last_5m):avg(v: v>=10):m{*} > 1", "query alert"),
        ("avg(last_5m):avg:m{*}.rollup(sum, daily, 25th) > 1", "query alert"),
        ("avg(last_5m):avg:m{*}.rollup(sum, daily, 1am, 'Nowhere/Land') > 1", "query alert"),
        ("sum(last_5m):diff(sum:a{*}.as_count() / sum:b{*}.as_count()) > 1", "query alert"),
        ("avg(last_5m):abs(anomalies(avg:m{*}, 'basic', 2)) > 1", "query alert"),
        ("change(avg(last_5m),last_5m):outliers(avg:m{*} by {host}, 'MAD', 2) > 1", "query alert"),
        ("avg(next_5m):avg:m{*} > 1", "query alert"),
        ('logs("x").index("*").rollup("cardinality").last("5m") > 5', "log alert"),
        ('error_budget("abc").over("30d") > 75', "slo alert"),
        ('formula("a").last("5m") > 5', "query alert"),
        ('formula("a").last("7d").anomaly(direction="above", threshold=10) > 5', "cost alert"),
    ],
    ids=str,
)
def test_what_is_not_computed_is_refused_by_name(query: str, monitor_type: str) -> None:
    """A wrong value would be worse than none."""
    with pytest.raises(QuerySyntaxError):
        parsed_query({"query": query, "type": monitor_type})


@pytest.mark.parametrize(("unit", "bucket_s"), [("m", 60), ("h", 600), ("d", 3600), ("mo", 4 * 3600)], ids=str)
def test_a_full_window_is_made_of_buckets_by_its_unit(unit: str, bucket_s: int) -> None:
    """Datadog's table: minutes of 1 min, hours of 10 min, days of 1 h, months of 4 h."""
    assert full_bucket_s(Window("last", 1, unit)) == bucket_s


@pytest.mark.parametrize(
    ("filled", "is_full"),
    [
        ([True] * 15, True),
        ([True] * 12 + [False] * 3, True),
        ([True] * 11 + [False] * 4, False),
        ([False] + [True] * 14, False),
    ],
    ids=["all", "three-empty", "four-empty", "first-empty"],
)
def test_a_window_is_full_with_its_first_bucket_and_at_most_three_empty(filled: list[bool], is_full: bool) -> None:
    """Datadog's rule of require_full_window."""
    assert is_full_window(filled) is is_full


def test_samples_fill_the_buckets_of_a_window() -> None:
    """Of an hour: six buckets of ten minutes."""
    query = parsed_query({"query": "avg(last_1h):avg:m{*} > 1", "type": "query alert"})
    source = MemorySeries([series("m", [1.0] * 15)])

    assert filled_buckets(query, source, START, START + 3600)[()] == [True, True, False, False, False, False]
    found = evaluate_window(query, source, START, START + 3600, wants_fullness=True)
    assert found[()].is_full is False


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("avg(last_5m):avg:m{*} > 1", None),
        ("sum(last_5m):sum:m{*}.as_count() > 1", 0.0),
        ("avg(last_5m):default_zero(avg:m{*}) > 1", 0.0),
        ("avg(last_5m):default(avg:m{*}, 7) + 1 > 1", 8.0),
        ("avg(last_5m):default_zero(avg:m{*}) / default_zero(avg:n{*}) > 1", None),
    ],
    ids=str,
)
def test_silence_has_a_value_where_the_query_says_so(query: str, expected: float | None) -> None:
    """Counts are zero, defaults what they say; 0 / 0 is nothing."""
    assert value_of_silence(parsed_query({"query": query, "type": "query alert"})) == expected


def test_what_is_approximated_says_so() -> None:
    """Every output of such a monitor shows the sentence."""
    query = "avg(last_4h):anomalies(avg:m{*}, 'basic', 2, direction='both', alert_window='last_15m', interval=60) >= 1"

    assert "approximated" in monitor_approximations({"query": query, "type": "query alert"})[0]
    assert monitor_approximations({"query": "avg(last_5m):avg:m{*} > 1", "type": "query alert"}) == ()
