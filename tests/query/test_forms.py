"""Every form of a monitor's query, text to value."""

import pytest

from watchkeeper.query.ast import AllOf, Binary, Call, Keys, Metric, Modified, Number, TagFilter, Variable
from watchkeeper.query.expressions import parse_expression, parse_query_list
from watchkeeper.query.forms import (
    Both,
    ChangeQuery,
    CheckQuery,
    CompositeQuery,
    Form,
    FormulaQuery,
    Member,
    MonitorQuery,
    NoneOf,
    SearchQuery,
    SloQuery,
)
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_query
from watchkeeper.query.printer import render_query
from watchkeeper.query.settings import anomaly_settings, forecast_settings, outlier_settings
from watchkeeper.query.visit import form_of, group_by_of, windows_of

METRIC = "query alert"


@pytest.mark.parametrize(
    ("monitor_type", "text", "form"),
    [
        (METRIC, "avg(last_5m):avg:load{*} > 4", "metric"),
        (METRIC, "avg(current_1mo):avg:load{*} > 4", "metric"),
        (METRIC, "avg(last_5m):avg:load{*} > threshold", "metric"),
        (METRIC, "percentile(last_5m):p99:latency{*} > 4", "percentile"),
        (METRIC, "p95(last_5m):avg:latency{*} > 4", "percentile"),
        (METRIC, "change(avg(last_5m),last_1h):avg:load{*} > 4", "change"),
        (METRIC, "pct_change(avg(last_5m),5m_ago):avg:load{*} > 4", "pct_change"),
        (METRIC, "avg(last_4h):anomalies(avg:load{*}, 'agile', 2) >= 1", "anomalies"),
        (METRIC, "avg(last_1h):outliers(avg:load{*} by {host}, 'MAD', 3, 50) > 0", "outliers"),
        (METRIC, "max(next_1w):forecast(avg:load{*}, 'linear', 1) > 4", "forecast"),
        (METRIC, 'formula("query1").rollup("sum").last("5m") > 100', "formula"),
        ("log alert", 'logs("status:error").index("*").rollup("count").last("5m") > 2', "search"),
        ("event-v2 alert", "events('source:deploy').rollup('count').last('1d') > 0", "search"),
        ("process alert", "processes('java').over('env:prod').rollup('count').last('5m') < 1", "search"),
        ("audit alert", 'audits("@evt.name:login").rollup("count").last("5m") > 5', "search"),
        ("error-tracking alert", 'error-tracking("*").source("rum").new().rollup("count").last("1d") > 0', "search"),
        ("cost alert", 'formula("exclude_null(query1)").last("7d").anomaly(direction="above", threshold=10) >= 5',
         "formula"),
        ("data-jobs alert", 'formula("failed_runs(run_query)").by(job_name,workspace_name).last(10d) > 0', "formula"),
        ("service check", '"ntp.in_sync".over("*").last(2).count_by_status()', "check"),
        ("service check", '"ntp.in_sync".over("*").by("host").last(2).pct_by_status()', "check"),
        ("slo alert", 'error_budget("abc").over("7d") > 75', "error_budget"),
        ("slo alert", 'burn_rate("abc").over("30d").long_window("1h").short_window("5m") > 14.4', "burn_rate"),
        ("composite", "12 && !(34 || 56)", "composite"),
    ],
    ids=str,
)  # fmt: skip
def test_each_form_is_read_for_its_type_and_without_one(monitor_type: str, text: str, form: Form) -> None:
    """The type narrows what may stand there; the form shows in the text."""
    assert form_of(parse_query(text, monitor_type)) == form
    assert parse_query(text) == parse_query(text, monitor_type)


def test_a_metric_monitor_knows_its_parts() -> None:
    """Window, aggregation, scope, groups, methods and comparison."""
    query = parse_query("min(last_2h): sum:edge.errors{env:prod} by {host, zone}.as_count() * 100 <= -0.5")

    assert isinstance(query, MonitorQuery)
    assert (query.aggregator, query.window_s, query.comparator, query.threshold) == ("min", 7200, "<=", -0.5)
    metric = query.expression.left  # type: ignore[union-attr]
    assert isinstance(metric, Metric)
    assert (metric.aggregator, metric.name, metric.by) == ("sum", "edge.errors", ("host", "zone"))
    assert metric.scope == TagFilter("env", "prod")
    assert metric.is_count


def test_every_part_knows_its_place() -> None:
    """Offsets cut each part out of the text, over line ends too."""
    text = "avg(last_5m):\n  max:queue.depth{env:prod,!role:db} by {host}.fill(zero)\n  / 2 > 10"
    query = parse_query(text)

    assert isinstance(query, MonitorQuery)
    division = query.expression
    assert isinstance(division, Binary)
    metric = division.left
    assert isinstance(metric, Metric)
    assert isinstance(metric.scope, AllOf)
    assert text[division.at : division.end] == text[16:-5]
    assert text[metric.at : metric.end] == "max:queue.depth{env:prod,!role:db} by {host}.fill(zero)"
    assert text[metric.name_at :].startswith("queue.depth{")
    assert text[metric.by_at[0] :].startswith("host}")
    assert [text[each.at : each.end] for each in metric.scope.operands] == ["env:prod", "!role:db"]
    assert text[metric.methods[0].at : metric.methods[0].end] == "fill(zero)"
    assert text[query.window.at : query.window.end] == "last_5m"
    assert text[query.comparison.at : query.comparison.end] == "> 10"
    assert text[query.comparison.value_at :] == "10"


def test_a_change_compares_with_a_time_before() -> None:
    """The shift is a window, or so long ago."""
    query = parse_query("change(avg(last_5m), 1h_ago):avg:load{*} > 4")

    assert isinstance(query, ChangeQuery)
    assert (query.window_s, query.shift.seconds, query.shift.text) == (300, 3600, "1h_ago")


def test_anomalies_are_read_with_their_settings() -> None:
    """Named arguments may stand in any order; what is left out has Datadog's default."""
    query = parse_query(
        "avg(last_4h):anomalies(avg:load{*}, 'robust', 3, interval=60, direction='above', alert_window='last_15m', "
        "count_default_zero='true', seasonality='weekly') >= 1"
    )

    assert isinstance(query, MonitorQuery)
    found = anomaly_settings(query.expression)
    assert found is not None
    assert found.alert_window is not None
    assert (found.algorithm, found.deviations, found.direction, found.interval_s) == ("robust", 3.0, "above", 60)
    assert (found.alert_window.seconds, found.counts_missing_as_zero, found.seasonality) == (900, True, "weekly")
    assert [window.seconds for window in windows_of(query)] == [4 * 3600, 900]


def test_outliers_and_forecasts_are_read_with_their_settings() -> None:
    """Percentage of the MAD family; interval and history with units."""
    outliers = outlier_settings(parse_expression("outliers(avg:load{*} by {host}, 'scaledMAD', 2.5, 30)"))
    forecast = forecast_settings(parse_expression("forecast(avg:load{*}, 'linear', 1, interval='30m', history='1w')"))

    assert outliers is not None
    assert (outliers.algorithm, outliers.tolerance, outliers.percentage) == ("scaledMAD", 2.5, 30.0)
    assert forecast is not None
    assert forecast.history is not None
    assert (forecast.interval_s, forecast.history.seconds, forecast.model) == (1800, 7 * 86_400, "default")


def test_a_log_search_knows_its_steps() -> None:
    """The facets of a group may be one text with commas."""
    query = parse_query('logs("a:b").index("main").rollup("cardinality", "@id").by("x,y").last("15m") > 2')

    assert isinstance(query, SearchQuery)
    assert (query.source, query.indexes, query.rollup) == ("logs", ("main",), ("cardinality", "@id"))
    assert (query.by, query.window_s) == (("x", "y"), 900)


def test_a_formula_computes_with_other_queries() -> None:
    """Names are queries; a method may follow one."""
    query = parse_query('formula("query1.rollup(max, 60) / 2").last("15m") > 5')

    assert isinstance(query, FormulaQuery)
    left = query.expression.left  # type: ignore[union-attr]
    assert isinstance(left, Modified)
    assert left.operand == Variable("query1")


def test_a_service_check_counts_results() -> None:
    """Its thresholds stand in the options, not in the query."""
    query = parse_query('"db.up".over("env:prod").exclude("role:spare").by("host","port").last(3).count_by_status()')

    assert isinstance(query, CheckQuery)
    assert (query.check.plain, query.last, query.counts) == ("db.up", 3, "count_by_status")
    assert group_by_of(query) == ("host", "port")


def test_a_burn_rate_has_two_windows_and_an_error_budget_none() -> None:
    """Long and short."""
    burn = parse_query('burn_rate("abc").over("30d").long_window("1h").short_window("5m") > 14.4')
    budget = parse_query('error_budget("abc").over("90d") > 75')

    assert isinstance(burn, SloQuery)
    assert [window.seconds for window in windows_of(burn)] == [30 * 86_400, 3600, 300]
    assert isinstance(budget, SloQuery)
    assert (budget.long_window, budget.over.seconds) == (None, 90 * 86_400)


def test_and_binds_closer_than_or_in_a_composite() -> None:
    """`!` binds closest."""
    assert parse_query("1 || 2 && !3") == parse_query("1 || (2 && (!3))")
    assert parse_query("2 && !3") == CompositeQuery(Both(Member(2), NoneOf(Member(3))))


def test_a_widget_may_hold_a_list_of_queries() -> None:
    """Legacy `q` joins them by commas."""
    assert [each.name for each in parse_query_list("avg:a{*}, max:b{$host}") if isinstance(each, Metric)] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("-a{*} * 2", "(-a{*}) * 2"),
        ("+ a{*}", "a{*}"),
        ("a{x:y AND z:w OR v:u}", "a{(x:y AND z:w) OR v:u}"),
        ("a{NOT x:y,z:w}", "a{(NOT x:y) AND z:w}"),
        ("a{}", "a{*}"),
        ("a{x not in (y)}", "a{NOT x IN (y)}"),
    ],
    ids=str,
)
def test_brackets_are_implied(text: str, same: str) -> None:
    """Usual precedence, from left to right."""
    assert parse_expression(text) == parse_expression(same)


def test_a_second_aggregation_groups_anew() -> None:
    """`sum(query, {key})` aggregates over what is left."""
    found = parse_expression("sum(avg:a{*} by {host,zone}, {zone})")

    assert isinstance(found, Call)
    assert found.arguments == (Keys(("zone",)),)
    assert group_by_of(found) == ("zone",)


def test_bounds_keep_some_of_a_distributions_values() -> None:
    """`count(v: v>=10):metric` counts them."""
    found = parse_expression("count(v : v >= 10):sizes{*}")

    assert isinstance(found, Metric)
    assert (found.aggregator, found.bounds) == ("count", "v: v>=10")


def test_a_minus_right_before_a_number_belongs_to_it() -> None:
    """So that arguments are plain numbers."""
    found = parse_expression("timeshift(a{*}, -3600)")

    assert isinstance(found, Call)
    assert found.arguments == (Number(-3600),)


def test_a_synthetic_test_has_no_query_of_its_own() -> None:
    """Datadog writes that monitor."""
    with pytest.raises(QuerySyntaxError, match="has no query of its own"):
        parse_query("no_query()", "synthetics alert")


def test_a_composite_names_declared_monitors_too() -> None:
    """A placeholder stands for a number that is known when it is synced."""
    query = parse_query("${monitor:api/edge-5xx} && !${monitor:pipe-silent}", "composite")

    assert query == CompositeQuery(Both(Member("api/edge-5xx"), NoneOf(Member("pipe-silent"))))
    assert render_query(query) == "${monitor:api/edge-5xx} && !${monitor:pipe-silent}"
