"""Anomalies, outliers and forecasts: approximations whose plain cases have plain answers."""

import math

import pytest

from watchkeeper.monitors.alerting import MonitorMemory, parsed_query, run_monitor
from watchkeeper.query.evaluate import evaluate
from watchkeeper.query.series import MemorySeries, Series

START = 1_764_000_000 // 86_400 * 86_400


def value(query: str, values: list[float], step: int = 60) -> float | None:
    """The value of an ungrouped query after the last of these samples."""
    stamps = [START + step * index for index in range(len(values))]
    source = MemorySeries([Series("m", frozenset(), stamps, values)])
    found = evaluate(parsed_query({"query": query, "type": "query alert"}), source, START + step * len(values))
    return found[()].value


def anomalies(algorithm: str, direction: str = "both", more: str = "") -> str:
    return (
        f"avg(last_1h):anomalies(avg:m{{*}}, '{algorithm}', 3, direction='{direction}', alert_window='last_10m', "
        f"interval=60{more}) >= 1"
    )


def wiggle(count: int) -> list[float]:
    return [10 + math.sin(index * 1.7) for index in range(count)]


@pytest.mark.parametrize(
    ("last", "direction", "expected"),
    [([10.0] * 10, "both", 0.0), ([50.0] * 5 + [10.0] * 5, "both", 0.5), ([-50.0] * 10, "above", 0.0),
     ([-50.0] * 10, "below", 1.0)],
    ids=["calm", "half-outside", "not-that-way", "that-way"],
)  # fmt: skip
def test_basic_anomalies_are_the_share_of_points_outside_of_the_band(
    last: list[float], direction: str, expected: float
) -> None:
    """Of the ten points in the alert window."""
    assert value(anomalies("basic", direction), wiggle(60) + last) == pytest.approx(expected)


def test_a_new_series_has_no_anomalies() -> None:
    """Without a past there is no band, and so no value."""
    assert value(anomalies("basic"), wiggle(3)) is None
    assert value(anomalies("robust", more=", seasonality='hourly'"), wiggle(70)) is None


@pytest.mark.parametrize("algorithm", ["agile", "robust"])
def test_seasonal_anomalies_know_what_is_usual_at_this_moment(algorithm: str) -> None:
    """A peak at every full hour is expected; the same height at another minute is not."""
    season = [100.0 if minute < 5 else 10 + math.sin(minute) for minute in range(60)]
    hourly = anomalies(algorithm, more=", seasonality='hourly'")

    assert value(hourly, season * 5 + season[:10]) == 0
    assert value(hourly, season * 5 + season[:5] + [10.0] * 15 + [100.0] * 10) == 1


def test_agile_follows_a_new_level_and_robust_does_not() -> None:
    """Everything lies 20 higher since half an hour."""
    season = [10 + 5 * math.sin(minute / 10) for minute in range(60)]
    higher = [each + 20 for each in season]

    given = season * 5 + higher[:40]

    assert value(anomalies("agile", more=", seasonality='hourly'"), given) == 0
    robust = value(anomalies("robust", more=", seasonality='hourly'"), given)
    assert robust is not None
    assert robust > 0.5


def states(values: list[float], **options: object) -> list[tuple[int, str]]:
    """(minute, state) of an anomaly monitor over one sample a minute."""
    source, memory, found = MemorySeries(), MonitorMemory(), list[tuple[int, str]]()
    definition = {"query": anomalies("basic"), "type": "query alert", "options": options}
    for minute, each in enumerate(values):
        source.add("m", frozenset(), START + 60 * minute, each)
        memory, changes = run_monitor(definition, memory, source, START + 60 * (minute + 1))
        found += [(minute + 1, change.current) for change in changes]
    return found


def test_an_anomaly_is_over_when_the_share_is_down_to_the_recovery_threshold() -> None:
    """`>= 1` alerts after ten wild minutes; a recovery threshold of 0 is passed ten calm minutes later."""
    given = wiggle(60) + [90.0] * 10 + wiggle(20)

    found = states(given, thresholds={"critical": 1, "critical_recovery": 0})

    assert found == [(6, "OK"), (70, "Alert"), (80, "OK")]


def test_recovery_from_an_anomaly_is_judged_on_its_own_window() -> None:
    """Five calm minutes are enough where the recovery window is that long."""
    given = wiggle(60) + [90.0] * 10 + wiggle(20)
    windows = {"trigger_window": "last_10m", "recovery_window": "last_5m"}

    found = states(given, thresholds={"critical": 1, "critical_recovery": 0}, threshold_windows=windows)

    assert found == [(6, "OK"), (70, "Alert"), (75, "OK")]


@pytest.mark.parametrize("algorithm", ["DBSCAN", "MAD", "scaledDBSCAN", "scaledMAD"])
def test_the_one_group_that_differs_is_the_outlier(algorithm: str) -> None:
    """Four hosts alike, one far above."""
    hosts = {name: [level + math.sin(index + level) for index in range(30)] for name, level in
             (("a", 10), ("b", 10.5), ("c", 9.5), ("d", 10.2), ("e", 90))}  # fmt: skip
    source = MemorySeries(
        [
            Series("m", frozenset({f"host:{name}"}), [START + 60 * index for index in range(30)], values)
            for name, values in hosts.items()
        ]
    )
    query = f"avg(last_30m):outliers(avg:m{{*}} by {{host}}, '{algorithm}', 3) > 0"

    found = evaluate(parsed_query({"query": query, "type": "query alert"}), source, START + 1800)

    assert {group[0] for group, each in found.items() if each.value} == {"host:e"}


def test_a_linear_forecast_prolongs_the_line() -> None:
    """One more every hour: in 24 hours it is 24 more than now."""
    query = "max(next_1d):forecast(avg:m{*}, 'linear', 1, interval='60m', history='1w') >= 100"

    assert value(query, [float(hour) for hour in range(168)], step=3600) == pytest.approx(168 + 23)


def test_a_seasonal_forecast_repeats_the_day() -> None:
    """The peak of every day comes again, and the lowest bound is that of the night."""
    day = [10.0 + (30.0 if hour == 12 else 0.0) for hour in range(24)]
    ahead = "(next_1d):forecast(avg:m{*}, 'seasonal', 1, interval='60m', history='1w', seasonality='daily')"

    assert value(f"max{ahead} >= 100", day * 7, step=3600) == pytest.approx(40)
    assert value(f"min{ahead} < 5", day * 7, step=3600) == pytest.approx(10)
