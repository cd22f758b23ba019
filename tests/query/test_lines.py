"""What functions, roll-ups and gaps make of a line."""

import math
from datetime import datetime

import pytest

from watchkeeper.query.evaluate import evaluate_series
from watchkeeper.query.expression_lines import expression_lines
from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.lines import Lines
from watchkeeper.query.series import Kind, MemorySeries, Series

START = 1_764_000_000
HOST = frozenset({"host:a"})


def line(query: str, values: list[float | None], kind: Kind = "gauge", step: int = 60) -> list[float | None]:
    """The points of a query over one series; None where there is none."""
    known = [(START + step * index, value) for index, value in enumerate(values) if value is not None]
    series = Series("m", HOST, [at for at, _ in known], [value for _, value in known], kind, step)
    end = START + step * len(values)
    found = evaluate_series(parse_expression(query), MemorySeries([series]), START, end)
    # `exclude_null` needs groups; there is one.
    points = found.get((), found.get(("host:a",), []))
    return [None if math.isnan(point) else point for point in points]


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
        ("robust_trend(m{*})", [1, 2, 3, 4, 5, 40], [1, 2, 3, 4, 5, 6]),
        ("piecewise_constant(m{*})", [1, 1.2, 0.8, 5, 5.2, 4.8], [1, 1, 1, 5, 5, 5]),
        ("piecewise_constant(m{*}.fill(null))", [4, None, 4, 7, 7], [4, 4, 4, 7, 7]),
        ("rollup(m{*}, 'sum', 120)", [1, 2, 3, 4], [3, None, 7, None]),
        ("(m{*} + 1).rollup(max, 120)", [1, 2, 3, 4], [3, None, 5, None]),
        ("count(v: v>=10):m{*}", [9, 10, None, 11], [0, 1, None, 1]),
        ("exclude_null(m{*} by {host})", [1, 2], [1, 2]),
    ],
    ids=str,
)
def test_a_function_changes_a_line_as_documented(
    function: str, given: list[float | None], expected: list[float | None]
) -> None:
    """Point by point; missing points stay missing unless the function is about them."""
    found = line(function, given)

    assert [value is None for value in found] == [value is None for value in expected]
    assert [v for v in found if v is not None] == pytest.approx([v for v in expected if v is not None])


def test_autosmooth_levels_noise_and_keeps_what_stands_out() -> None:
    """Of 40 points that go up and down by one, and a peak of two: an average over two is smooth and keeps the peak.

    Over three or four the peak would be flatter than the tails of the line allow.
    """
    given = [0.0, 2.0] * 10 + [50.0, 52.0] + [0.0, 2.0] * 9

    assert line("autosmooth(m{*})", [*given]) == [0] + [1] * 19 + [26, 51, 26] + [1] * 17


def test_autosmooth_leaves_a_short_line_alone() -> None:
    """A tenth of it is no point."""
    assert line("autosmooth(m{*})", [1, 5, 2]) == [1, 5, 2]


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


HOUR_S = 3600
DAY_S = 24 * HOUR_S


@pytest.mark.parametrize(
    ("rollup", "start", "length_s", "expected"),
    [
        ("daily", "2025-11-24T16:00:00", 2 * DAY_S, {"2025-11-25T00:00:00": 24}),
        ("daily, 9am", "2025-11-24T00:00:00", 3 * DAY_S, {"2025-11-24T09:00:00": 24, "2025-11-25T09:00:00": 24}),
        ("daily, 12am, 'Europe/Berlin'", "2025-03-29T23:00:00", 23 * HOUR_S, {"2025-03-29T23:00:00": 23}),
        ("weekly, monday", "2025-11-22T00:00:00", 10 * DAY_S, {"2025-11-24T00:00:00": 168}),
        ("monthly", "2026-01-30T00:00:00", 33 * DAY_S, {"2026-02-01T00:00:00": 28 * 24}),
        ("monthly, 31st", "2026-02-10T00:00:00", 50 * DAY_S, {"2026-02-28T00:00:00": 31 * 24}),
        ("yearly, march", "2024-03-01T00:00:00", 365 * DAY_S, {"2024-03-01T00:00:00": 365 * 24}),
    ],
    ids=str,
)
def test_a_rollup_on_a_calendar_has_whole_days_weeks_and_months(
    rollup: str, start: str, length_s: int, expected: dict[str, float]
) -> None:
    """One sample an hour; the pieces at both ends of the window hold less, and stand where their bucket begins."""
    first = int(datetime.fromisoformat(f"{start}+00:00").timestamp())
    stamps = range(first, first + length_s, HOUR_S)
    series = Series("m", HOST, stamps, [1.0] * len(stamps))
    query = parse_expression(f"avg:m{{*}}.rollup(sum, {rollup})")

    found = expression_lines(query, MemorySeries([series]), first, first + length_s)

    assert isinstance(found, Lines)
    line_ = found.by_group[()]
    by_label = dict(zip(line_.labels, line_.values, strict=True))
    whole = {int(datetime.fromisoformat(f"{at}+00:00").timestamp()): value for at, value in expected.items()}
    assert {at: by_label[at] for at in whole} == whole
    assert sum(line_.values) == len(stamps)


def test_a_window_without_one_whole_day_has_no_data() -> None:
    """As with an interval of its own."""
    assert line("avg:m{*}.rollup(sum, daily)", [1.0] * 120) == []


def test_counts_within_bounds_are_scaled_to_a_rate() -> None:
    """Two of three samples of a minute are slow: 2 in 60 seconds."""
    samples = [5.0, 15.0, 25.0]
    series = Series("m", HOST, [START, START + 20, START + 40], samples, "distribution")
    query = parse_expression("count(v: v>10):m{*}.as_rate()")

    assert evaluate_series(query, MemorySeries([series]), START, START + 60) == {(): [pytest.approx(2 / 60)]}


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


def test_diff_works_after_time_and_before_space() -> None:
    """Host b appears with 10 at minute 1: the sum of the differences does not jump, as that of the hosts would."""
    source = MemorySeries(
        [
            Series("m", frozenset({"host:a"}), [START, START + 60, START + 120], [1.0, 2.0, 3.0]),
            Series("m", frozenset({"host:b"}), [START + 60, START + 120], [10.0, 10.0]),
        ]
    )

    found = evaluate_series(parse_expression("diff(sum:m{*})"), source, START, START + 180)[()]

    assert math.isnan(found[0])
    assert found[1:] == [1.0, 1.0]


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
