"""What a monitor's query gives at an instant."""

import json

import pytest

from tests.conftest import CORPUS
from watchkeeper.query.evaluate import Evaluation, evaluate
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_metric_query, parse_monitor_query
from watchkeeper.query.series import Kind, MemorySeries, Series

START = 1_764_000_000
TAGS = frozenset({"env:prod", "service:api"})


def series(metric: str, values: list[float], tags: frozenset[str] = TAGS, kind: Kind = "gauge") -> Series:
    return Series(metric, tags, [START + 60 * index for index in range(len(values))], values, kind)


def value(query: str, *given: Series, minutes: int = 5, delay_s: int = 0) -> float | None:
    found = evaluate(parse_monitor_query(query), MemorySeries(given), START + 60 * minutes, delay_s=delay_s)
    return found[()].value


def test_as_count_aggregates_over_time_before_it_divides() -> None:
    """Datadog's own figures: errors 1 to 5 of 5 requests each give 15/25 = 0.6 with as_count."""
    errors = series("e", [1, 2, 3, 4, 5], kind="count")
    total = series("t", [5, 5, 5, 5, 5], kind="count")

    assert value("sum(last_5m):sum:e{*}.as_count() / sum:t{*}.as_count() > 1", errors, total) == pytest.approx(0.6)


def test_arithmetic_without_as_count_is_done_bucket_by_bucket() -> None:
    """The same figures without as_count sum the five ratios: 3.0."""
    errors, total = series("e", [1, 2, 3, 4, 5]), series("t", [5, 5, 5, 5, 5])

    assert value("sum(last_5m):sum:e{*} / sum:t{*} > 1", errors, total) == pytest.approx(3.0)


def test_a_bucket_with_a_missing_operand_or_a_division_by_zero_is_rejected() -> None:
    """10/0, 10/1 and 10/nothing sum to 10: the documentation's example of sparse division."""
    dividend, divisor = series("a", [10, 10, 10]), series("b", [0, 1])

    assert value("sum(last_3m):sum:a{*} / sum:b{*} > 1", dividend, divisor, minutes=3) == 10


@pytest.mark.parametrize(("aggregator", "expected"), [("avg", 3.0), ("sum", 15.0), ("min", 1.0), ("max", 5.0)], ids=str)
def test_the_window_is_reduced_by_the_monitors_aggregation(aggregator: str, expected: float) -> None:
    """avg, sum, min and max of the five minutes."""
    assert value(f"{aggregator}(last_5m):avg:m{{*}} > 1", series("m", [1, 2, 3, 4, 5])) == expected


def test_a_sample_at_the_end_of_the_window_belongs_to_the_next_one() -> None:
    """An evaluation at T sees T - window <= t < T."""
    assert value("max(last_5m):avg:m{*} > 1", series("m", [1, 1, 1, 1, 1, 99])) == 1
    assert value("max(last_5m):avg:m{*} > 1", series("m", [1, 1, 1, 1, 1, 99]), minutes=6) == 99


def test_the_evaluation_delay_moves_the_window_back() -> None:
    """With a delay of two minutes the newest two samples are not seen."""
    assert value("max(last_3m):avg:m{*} > 1", series("m", [1, 1, 1, 50, 50]), delay_s=120) == 1


def test_every_combination_of_the_group_keys_is_a_group_of_its_own() -> None:
    """A series that lacks a key is not evaluated."""
    given = MemorySeries(
        [
            series("m", [1.0], frozenset({"host:a"})),
            series("m", [2.0], frozenset({"host:b"})),
            series("m", [9.0], frozenset({"env:prod"})),
        ]
    )

    found = evaluate(parse_monitor_query("max(last_5m):avg:m{*} by {host} > 1"), given, START + 300)

    assert {group: each.value for group, each in found.items()} == {("host:a",): 1.0, ("host:b",): 2.0}


def test_an_ungrouped_query_without_data_answers_that_there_is_none() -> None:
    """The one group of the monitor exists even in silence."""
    found = evaluate(parse_monitor_query("max(last_5m):avg:m{*} > 1"), MemorySeries(), START)

    assert found == {(): Evaluation(None, is_full=False)}


@pytest.mark.parametrize(
    ("scope", "is_seen"),
    [
        ("*", True),
        ("env:prod,service:api", True),
        ("env:prod,!service:api", False),
        ("env:stage OR service:api", True),
        ("env IN (dev,stage)", False),
        ("env NOT IN (dev,stage)", True),
        ("service:a*", True),
        ("service:*b", False),
        ("NOT (env:prod AND service:web)", True),
        ("ENV:PROD", True),
    ],
    ids=str,
)
def test_a_scope_lets_through_what_it_says(scope: str, is_seen: bool) -> None:
    """Commas, AND, OR, NOT, IN, wildcards and brackets."""
    assert (value(f"max(last_5m):avg:m{{{scope}}} > 1", series("m", [1.0])) is not None) is is_seen


def test_a_short_gap_of_a_gauge_is_filled_and_one_of_a_counter_is_not() -> None:
    """Gauges are interpolated linearly for up to five minutes."""
    gauge = Series("g", TAGS, [START, START + 120], [1.0, 3.0])
    counter = Series("c", TAGS, [START, START + 120], [1.0, 3.0], "count")

    assert value("sum(last_3m):avg:g{*} > 1", gauge, minutes=3) == 6.0
    assert value("sum(last_3m):sum:c{*} > 1", counter, minutes=3) == 4.0


@pytest.mark.parametrize(
    ("query", "column", "fix"),
    [
        ("avg(last_5m):avg:a.b{x:y > 3", 21, "close it with `}`"),
        ("avg(last_5m):avg:a.b{x:y}.as_cont() > 3", 27, "did you mean `as_count`?"),
        ("agv(last_5m):a{*} > 3", 1, "did you mean `avg`?"),
        ("avg(last_5q):a{*} > 3", 5, "write last_5m, last_1h or last_1d"),
        ("avg(last_5m):a{*} by {x} / b{*} by {y} > 3", 28, "group both sides by the same keys, or one side by none"),
        ("avg(last_5m):absolut(a{*}) > 3", 14, ""),
        ("avg(last_5m):a{*} > many", 21, "end with > 0.05"),
    ],
    ids=str,
)
def test_a_wrong_query_is_answered_with_place_and_remedy(query: str, column: int, fix: str) -> None:
    """Column and fix of each mistake."""
    with pytest.raises(QuerySyntaxError) as caught:
        parse_monitor_query(query)

    assert caught.value.column == column
    assert fix in caught.value.fix


def test_a_graphs_query_needs_no_window() -> None:
    """Dashboards use the expression alone."""
    assert parse_metric_query("sum:a{*}.as_count() / 60") == parse_metric_query("sum:a{*}.as_count()/60")


@pytest.mark.corpus
def test_the_plain_metric_monitors_that_datadog_ships_are_read() -> None:
    """Every metric monitor without a forecasting or change function parses."""
    later = ("anomalies(", "forecast(", "outliers(", "change(", "monotonic_diff(", "current_", "):sum(")
    read = 0
    for file in sorted((CORPUS / "datadog" / "monitors").rglob("*.json")):
        definition = json.loads(file.read_text())["definition"]
        if definition["type"] in ("query alert", "metric alert") and not any(
            word in definition["query"] for word in later
        ):
            parse_monitor_query(definition["query"])
            read += 1
    assert read >= 200
