"""What functions, roll-ups and gaps make of a line."""

import math

import pytest

from watchkeeper.query.evaluate import evaluate_series
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.series import Kind, MemorySeries, Series

START = 1_764_000_000
HOST = frozenset({"host:a"})


def line(query: str, values: list[float | None], kind: Kind = "gauge", step: int = 60) -> list[float | None]:
    """The points of a query over one series; None where there is none."""
    known = [(START + step * index, value) for index, value in enumerate(values) if value is not None]
    series = Series("m", HOST, [at for at, _ in known], [value for _, value in known], kind, step)
    end = START + step * len(values)
    found = evaluate_series(parse_expression(query), MemorySeries([series]), START, end)
    return [None if math.isnan(value) else value for value in found.get((), [])]


@pytest.mark.parametrize(
    ("function", "given", "expected"),
    [
        ("abs(m{*})", [-1, 2], [1, 2]),
        ("log2(m{*})", [8, 0], [3, None]),
        ("log10(m{*})", [100, -1], [2, None]),
        ("round(m{*})", [1.4, 2.5], [1, 2]),
        ("round(m{*}, 1)", [1.44], [1.4]),
        ("clamp_min(m{*}, 2)", [1, 3], [2, 3]),
        ("clamp_max(m{*}, 2)", [1, 3], [1, 2]),
        ("cutoff_min(m{*}, 2)", [1, 2, 3], [None, 2, 3]),
        ("cutoff_max(m{*}, 2)", [1, 2, 3], [1, 2, None]),
        ("default_zero(m{*}.fill(null))", [1, None, 3], [1, 0, 3]),
        ("default(m{*}.fill(null), 7)", [1, None, 3], [1, 7, 3]),
        ("diff(m{*}.fill(null))", [1, None, 4, 3], [None, None, 3, -1]),
        ("dt(m{*}.fill(null))", [1, None, 4, 3], [None, None, 120, 60]),
        ("derivative(m{*})", [0, 60, 30], [None, 1, -0.5]),
        ("rate(m{*})", [0, 60, 30], [None, 1, -0.5]),
        ("monotonic_diff(m{*})", [1, 4, 3, 5], [None, 3, None, 2]),
        ("per_second(m{*})", [0, 60, 30], [None, 1, None]),
        ("per_minute(m{*})", [0, 60], [None, 60]),
        ("per_hour(m{*})", [0, 1], [None, 60]),
        ("throughput(m{*})", [60, 120], [1, 2]),
        ("cumsum(m{*}.fill(null))", [1, None, 2], [1, None, 3]),
        ("integral(m{*})", [1, 2, 3], [None, 120, 300]),
        ("ewma_3(m{*})", [2, 4, 8], [2, 3, 5.5]),
        ("median_3(m{*})", [1, 9, 2, 3], [1, 5, 2, 3]),
        ("moving_rollup(m{*}, 120, 'max')", [1, 5, 2, 3], [1, 5, 5, 3]),
        ("reduce(m{*}, 'max')", [1, 5, 2], [5, 5, 5]),
        ("count_not_null(m{*} by {host})", [1, 0, None], [1, 1, None]),
        ("count_nonzero(m{*} by {host})", [1, 0, 2], [1, None, 1]),
        ("max(m{*}, 3)", [1, 5], [3, 5]),
        ("min(m{*}, m{*} * 2)", [1, -5], [1, -10]),
        ("-m{*} + 1", [1, -5], [0, 6]),
        ("trend_line(m{*})", [1, 2, 3], [1, 2, 3]),
    ],
    ids=str,
)
def test_a_function_changes_a_line_as_documented(
    function: str, given: list[float | None], expected: list[float | None]
) -> None:
    """Point by point; missing points stay missing unless the function is about them."""
    assert [value is None for value in line(function, given)] == [value is None for value in expected]
    assert [v for v in line(function, given) if v is not None] == pytest.approx([v for v in expected if v is not None])


@pytest.mark.parametrize(
    ("fill", "given", "expected"),
    [
        ("", [1, None, None, 4], [1, 2, 3, 4]),
        ("", [1, None, None, None, None, 6], [1, 2, 3, 4, 5, 6]),
        ("", [1, None, None, None, None, None, 7], [1, None, None, None, None, None, 7]),
        (".fill(linear, 600)", [1, None, None, None, None, None, 7], [1, 2, 3, 4, 5, 6, 7]),
        (".fill(null)", [1, None, 3], [1, None, 3]),
        (".fill(zero)", [1, None, 3], [1, 0, 3]),
        (".fill(0)", [1, None, 3], [1, 0, 3]),
        (".fill(last)", [1, None, 3, None], [1, 1, 3, 3]),
        (".fill(last, 60)", [1, None, None], [1, 1, None]),
        (".as_count()", [1, None, 3], [1, None, 3]),
    ],
    ids=str,
)
def test_gaps_are_filled_as_the_query_says(fill: str, given: list[float | None], expected: list[float | None]) -> None:
    """The limit is 300 s where none is given, and 600 s at most."""
    assert line(f"avg:m{{*}}{fill}", given) == expected


@pytest.mark.parametrize(
    ("kind", "method", "expected"),
    [
        ("gauge", "", [20, 60]),
        ("gauge", ".rollup(sum)", [60, 180]),
        ("count", "", [60, 180]),
        ("count", ".as_count()", [60, 180]),
        ("count", ".as_rate()", [1, 3]),
        ("rate", "", [20, 60]),
        ("rate", ".as_count()", [1200, 3600]),
        ("rate", ".as_rate()", [20, 60]),
    ],
    ids=str,
)
def test_samples_become_buckets_by_the_kind_of_the_metric(kind: Kind, method: str, expected: list[float]) -> None:
    """Three samples a minute: gauges are averaged, counts summed, rates averaged and multiplied by their interval."""
    samples = [10.0, 20.0, 30.0, 50.0, 60.0, 70.0]
    series = Series("m", HOST, [START + 20 * index for index in range(6)], samples, kind, 20)

    found = evaluate_series(parse_expression(f"sum:m{{*}}{method}"), MemorySeries([series]), START, START + 120)

    assert found[()] == expected


def test_an_interval_of_its_own_lies_on_multiples_since_the_epoch() -> None:
    """1764000000 is no multiple of 420: the first bucket is partial, and so is the last."""
    values = [float(minute) for minute in range(14)]
    aligned = START // 420 * 420

    found = line("avg:m{*}.rollup(sum, 420)", [*values])

    cuts = [index for index in range(14) if (START + 60 * index - aligned) % 420 == 0]
    expected = sum(values[cuts[0] : cuts[0] + 7])
    assert found[cuts[0]] == expected


def test_a_window_without_one_whole_bucket_has_no_data() -> None:
    """Five minutes hold no whole bucket of ten."""
    assert line("avg:m{*}.rollup(avg, 600)", [1.0] * 5) == []


def test_percentiles_of_a_distribution_look_at_all_samples_of_the_group() -> None:
    """Time and space are merged: ten samples of two hosts in one minute."""
    source = MemorySeries(
        [
            Series("m", frozenset({host}), [START + 10 * i for i in range(5)], values, "distribution")
            for host, values in (("host:a", [1.0, 2.0, 3.0, 4.0, 5.0]), ("host:b", [6.0, 7.0, 8.0, 9.0, 10.0]))
        ]
    )

    found = evaluate_series(parse_expression("p50:m{*}"), source, START, START + 60)

    assert found == {(): [5.0]}


def test_a_second_aggregation_keeps_the_keys_that_it_names() -> None:
    """sum(max by host, {env})."""
    source = MemorySeries(
        [
            Series("m", frozenset({f"host:{host}", f"env:{env}"}), [START], [value])
            for host, env, value in (("a", "prod", 1.0), ("b", "prod", 2.0), ("c", "dev", 4.0))
        ]
    )
    query = parse_expression("sum(max:m{*} by {env,host}, {env})")

    assert evaluate_series(query, source, START, START + 60) == {("env:prod",): [3.0], ("env:dev",): [4.0]}


def test_the_best_groups_are_kept() -> None:
    """Top with a number, a method and an order."""
    source = MemorySeries(
        [Series("m", frozenset({f"host:{h}"}), [START], [v]) for h, v in (("a", 1), ("b", 3), ("c", 2))]
    )
    query = parse_expression("top(avg:m{*} by {host}, 2, 'max', 'desc')")

    assert set(evaluate_series(query, source, START, START + 60)) == {("host:b",), ("host:c",)}


@pytest.mark.parametrize(
    ("query", "ago_s"),
    [
        ("hour_before(m{*})", 3600),
        ("day_before(m{*})", 86_400),
        ("week_before(m{*})", 7 * 86_400),
        ("month_before(m{*})", 28 * 86_400),
        ("timeshift(m{*}, -120)", 120),
        ("calendar_shift(m{*}, '-1d', 'UTC')", 86_400),
        ("calendar_shift(m{*}, '-1w', 'Europe/Berlin')", 7 * 86_400),
    ],
    ids=str,
)
def test_a_shift_shows_the_values_of_before(query: str, ago_s: int) -> None:
    """At the times of now."""
    source = MemorySeries([Series("m", HOST, [START - ago_s], [5.0])])

    assert evaluate_series(parse_expression(query), source, START, START + 60) == {(): [5.0]}


def test_a_day_of_the_calendar_may_have_23_hours() -> None:
    """On 2025-03-30 the clock of Berlin jumps at two."""
    noon = 1_743_328_800  # 2025-03-30 12:00 in Berlin
    source = MemorySeries([Series("m", HOST, [noon - 23 * 3600 - 60], [5.0])])
    query = parse_expression("calendar_shift(m{*}, '-1d', 'Europe/Berlin')")

    assert evaluate_series(query, source, noon - 60, noon) == {(): [5.0]}
