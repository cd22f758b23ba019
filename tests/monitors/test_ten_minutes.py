"""Each form of monitor over some minutes, against what pencil and paper give, to the minute; three ways."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.monitors.three_ways import three_ways
from watchkeeper.query.series import Kind, Series

START = 1_764_000_000
"""A full hour, and a multiple of 720 seconds."""
HOUR_S = 3600


def series(metric: str, values: Sequence[float], *tags: str, kind: Kind = "gauge", every_s: int = 60) -> Series:
    stamps = [START + every_s * index for index in range(len(values))]
    return Series(metric, frozenset(tags), stamps, values, kind, every_s)


def told(
    definition: dict[str, Any], given: Sequence[Series], *, start: int = START, minutes: int = 10
) -> list[tuple[int, str, float | None]]:
    """(minute, state, value) of each transition."""
    found = three_ways(definition, given, start, start + 60 * minutes)
    return [((change.at - start) // 60, change.current, change.value) for change in found]


def metric_monitor(query: str, **options: Any) -> dict[str, Any]:
    return {"type": "query alert", "query": query, "options": options}


def test_anomalies_basic() -> None:
    """Five points give the band: their median, and twice the spread of their quartiles, over 1.349.

    Minute 5 (3): of 1 2 3 4 5 the median is 3, the quartiles 2 and 4: up to 3 + 2 * 2 / 1.349 = 5.96, it is inside.
    Minute 6 (9): of 2 3 4 5 3 the median is 3, the quartiles 3 and 4: up to 3 + 2 * 1 / 1.349 = 4.48, it is outside.
    Minutes 7 and 8 (3): of 3 4 5 3 9, and of 4 5 3 9 3, up to 4 + 2 * 2 / 1.349 = 6.96, they are inside.
    Of the two points before minute 7, and before minute 8, one is outside: 0.5; before minute 9 none.
    The first evaluation that can judge a point is that at minute 6: before it there are fewer than five.
    """
    query = (
        "avg(last_5m):anomalies(avg:m{*}, 'basic', 2, direction='above', alert_window='last_2m', interval=60) >= 0.5"
    )

    found = told(metric_monitor(query), [series("m", [1, 2, 3, 4, 5, 3, 9, 3, 3, 3])])

    assert found == [(6, "OK", 0.0), (7, "Alert", 0.5), (9, "OK", 0.0)]


BASE = [10.0, 20.0, 30.0, 20.0, 10.0]
SEASONS = [*BASE * 3, *(value + more for value, more in zip(BASE, (4, 3, 5, 4, 2), strict=True)), 14.0, 29.0, 34.0]
"""A point every 12 minutes: three hours alike, one that lies 4, 3, 5, 4 and 2 higher, and the fifth as it comes in."""


def seasonal(algorithm: str) -> dict[str, Any]:
    return metric_monitor(
        f"avg(last_1h):anomalies(avg:m{{*}}, '{algorithm}', 2, direction='both', alert_window='last_12m', "
        "interval=720, seasonality='hourly') >= 1"
    )


def test_anomalies_agile() -> None:
    """Expected is the median of the same minute in three hours, 10, 20 and 30, moved by what the last five lie above.

    These five lie 4 3 5 4 2 above: their median is 4, and 1 the median distance from it: 2 * 1.4826 * 1 = 2.97 of room.
    Minute 12 (14): 10 + 4 - 14 = 0, inside. Minute 24 (29): the five are 3 5 4 2 4, so 24 give or take 2.97: outside.
    Minute 36 (34): the five are 5 4 2 4 9, their median 4 and the median distance 1: 34 is what is expected.
    At minute 1 the last point is 12, of the fourth hour: the five are 0 4 3 5 4, 14 give or take 2.97: inside.
    """
    found = told(seasonal("agile"), [series("m", SEASONS, every_s=720)], start=START + 4 * HOUR_S, minutes=36)

    assert found == [(1, "OK", 0.0), (24, "Alert", 1.0), (36, "OK", 0.0)]


def test_anomalies_robust() -> None:
    """The same, without following the level: 10, 20 and 30, give or take 2.97; 14, 29 and 34 are outside, 12 is not."""
    found = told(seasonal("robust"), [series("m", SEASONS, every_s=720)], start=START + 4 * HOUR_S, minutes=36)

    assert found == [(1, "OK", 0.0), (12, "Alert", 1.0)]


HOSTS = [
    series("m", [10.0] * 10, "host:a"),
    series("m", [11.0] * 10, "host:b"),
    series("m", [12, 12, 12, 30, 30, 12, 12, 12, 12, 12], "host:c"),
]


def changes_of_c(algorithm: str) -> list[tuple[int, str, float | None]]:
    query = f"avg(last_2m):outliers(avg:m{{*}} by {{host}}, {algorithm}) > 0"
    found = three_ways(metric_monitor(query, new_group_delay=0), HOSTS, START, START + 600)
    others = [change for change in found if change.group != ("host:c",)]
    assert [(change.at, change.current) for change in others] == [(START + 60, "OK")] * 2
    return [((change.at - START) // 60, change.current, change.value) for change in found if change not in others]


def test_outliers_mad() -> None:
    """Of the six points of two minutes the median is 11, and 1 the median distance from it: 3 * 1 is far.

    Before minutes 4 and 6 one of c's two points is far, which is not more than 50 percent; before minute 5 both are.
    """
    assert changes_of_c("'MAD', 3, 50") == [(1, "OK", 0.0), (5, "Alert", 1.0), (6, "OK", 0.0)]


def test_outliers_dbscan() -> None:
    """The median line is 11, 11; a lies 1.41 from it, b 0, c 19 with one point at 30: the median is 1.41, times 3.

    a and b are neighbours, c has none as long as one of its two points lies at 30.
    """
    assert changes_of_c("'DBSCAN', 3") == [(1, "OK", 0.0), (4, "Alert", 1.0), (7, "OK", 0.0)]


def test_a_linear_forecast() -> None:
    """Five points make the line, ten minutes it is prolonged: its end lies 14 points after the first of the five.

    Minute 5: 1 1 1 1 1 stay 1. Minute 7: 1 1 1 2 3 rise by 0.5 from 0.6 to 7.6; what remains lies 0.5 from its median:
    the bound is 7.6 + 1.4826 * 0.5 = 8.34. Minute 8: 1 1 2 3 4 rise by 0.8 from 0.6 to 11.8, and 1.4826 * 0.2 on top.
    """
    query = "max(next_10m):forecast(avg:m{*}, 'linear', 1, interval=60, history='5m') >= 10"

    found = told(metric_monitor(query), [series("m", [1, 1, 1, 1, 1, 2, 3, 4, 5, 6])])

    assert found == [(5, "OK", 1.0), (8, "Alert", pytest.approx(11.8 + 1.4826 * 0.2))]


def test_a_seasonal_forecast() -> None:
    """Every hour lies 5 above the one before; the five points of the next hour lie 5 above the last five.

    At minute 1 these reach 30, which makes 35. Once the peak of the fourth hour is in, at minute 36, they reach 35: 40.
    """
    query = "max(next_1h):forecast(avg:m{*}, 'seasonal', 1, interval=720, history='3h', seasonality='hourly') >= 36"
    hours = [value + 5 * hour for hour in range(4) for value in (0.0, 10.0, 20.0, 10.0, 0.0)]

    found = told(metric_monitor(query), [series("m", hours, every_s=720)], start=START + 3 * HOUR_S, minutes=40)

    assert found == [(1, "OK", 35.0), (36, "Alert", 40.0)]


def test_a_percentile_over_the_window() -> None:
    """Of the six samples of two minutes the third: 2 until minute 2, 20 at minute 3, 2 again at minute 4."""
    samples = [1.0, 2.0, 30.0, 1.0, 20.0, 30.0, 1.0, 20.0, 30.0, *[1.0, 2.0, 30.0] * 7]

    found = told(
        metric_monitor("percentile(last_2m):p50:m{*} > 10"), [series("m", samples, kind="distribution", every_s=20)]
    )

    assert found == [(1, "OK", 2.0), (3, "Alert", 20.0), (4, "OK", 2.0)]


def test_a_computed_threshold() -> None:
    """Twice the average of five minutes: 2 * 13 / 5 = 5.2 against 5 at minute 6; 2 * 21 / 5 = 8.4 against 9 at 7."""
    definition = metric_monitor(
        'formula("a").last("2m") > threshold',
        variables=[{"name": "a", "data_source": "metrics", "query": "avg:m{*}"}],
        thresholds={"critical_query": 'formula("2 * a").rollup("avg").last("5m")'},
    )

    found = three_ways(definition, [series("m", [1, 1, 1, 1, 1, 9, 9, 1, 1, 1])], START, START + 600)

    assert [((each.at - START) // 60, each.current, each.value, each.threshold) for each in found] == [
        (1, "OK", 1.0, 2.0),
        (7, "Alert", 9.0, pytest.approx(8.4)),
        (8, "OK", 5.0, pytest.approx(8.4)),
    ]


def test_a_computed_recovery_threshold_holds_the_alert() -> None:
    """Until the value is no more than the average of five minutes: 5 against 4.2 at minute 8, 1 against 4.2 at 9."""
    definition = metric_monitor(
        'formula("a").last("2m") > threshold',
        variables=[{"name": "a", "data_source": "metrics", "query": "avg:m{*}"}],
        thresholds={
            "critical_query": 'formula("2 * a").rollup("avg").last("5m")',
            "critical_recovery_query": 'formula("a").rollup("avg").last("5m")',
        },
    )

    found = told(definition, [series("m", [1, 1, 1, 1, 1, 9, 9, 1, 1, 1])])

    assert found == [(1, "OK", 1.0), (7, "Alert", 9.0), (9, "OK", 1.0)]


def test_a_search_among_all_logs() -> None:
    """Four errors of the service in two minutes are more than three; those of another one do not count."""
    definition = {
        "type": "log alert",
        "query": 'logs("service:api status:error").index("*").rollup("count").last("2m") > 3',
    }
    given = [
        series('logs("*")', [0, 1, 2, 2, 0, 0, 0, 0, 0, 0], "service:api", "status:error", kind="count"),
        series('logs("*")', [9] * 10, "service:web", "status:error", kind="count"),
    ]

    assert told(definition, given) == [(1, "OK", 0.0), (4, "Alert", 4.0), (5, "OK", 2.0)]


def test_the_cardinality_of_a_search() -> None:
    """User b is found in minute 3, so that two are seen by the evaluations at 4 and 5."""
    definition = {
        "type": "log alert",
        "query": 'logs("status:error").index("*").rollup("cardinality", "@usr.id").last("2m") > 1',
    }
    given = [
        series('logs("status:error")', [1] * 10, "usr.id:a", kind="count"),
        series('logs("status:error")', [0, 0, 0, 1, 0, 0, 0, 0, 0, 0], "usr.id:b", kind="count"),
    ]

    assert told(definition, given) == [(1, "OK", 1.0), (4, "Alert", 2.0), (6, "OK", 1.0)]


def test_a_measure_of_a_search() -> None:
    """The 75th percentile of the four durations of two minutes is the third: 30 once two of them are."""
    definition = {
        "type": "trace-analytics alert",
        "query": 'trace-analytics("service:api").rollup("pc75", "@duration").last("2m") > 10',
    }
    durations = [1.0, 1.0, 1.0, 1.0, 1.0, 30.0, 1.0, 30.0, 1.0, 1.0, *[1.0] * 10]

    given = [series('trace-analytics("service:api"):duration', durations, every_s=30)]

    assert told(definition, given) == [(1, "OK", 1.0), (4, "Alert", 30.0), (5, "OK", 1.0)]


def test_a_cluster_alert() -> None:
    """Two of three hosts critical are more than 50 percent; one is not, and less than the 40 of the warning."""
    definition = {
        "type": "service check",
        "query": '"up".over("*").by("host").last(2).pct_by_status()',
        "options": {"thresholds": {"critical": 50, "warning": 40}},
    }
    given = [
        series("up", [0] * 10, "host:a"),
        series("up", [0, 0, 2, 2, 2, 2, 2, 2, 2, 2], "host:b"),
        series("up", [0, 0, 0, 0, 2, 2, 0, 0, 0, 0], "host:c"),
    ]

    assert [each[:2] for each in told(definition, given)] == [(1, "OK"), (5, "Alert"), (7, "OK")]
