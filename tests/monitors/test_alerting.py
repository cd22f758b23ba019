"""A monitor's states over time."""

from typing import Any

import pytest

from tests.monitors.three_ways import three_ways
from watchkeeper.monitors.alerting import MonitorMemory, memory_from_json, run_monitor
from watchkeeper.monitors.state import Transition
from watchkeeper.query.series import MemorySeries, Series

START = 1_764_000_000


def play(
    values: list[float | None], query: str = "max(last_1m):avg:m{*} > 10", **options: Any
) -> list[tuple[int, str, bool]]:
    """Feed one sample a minute; gives (minute, state, whether people are told) of each transition."""
    return [
        (change.at // 60 - START // 60, change.current, change.notifies) for change in changes(values, query, **options)
    ]


def changes(values: list[float | None], query: str = "max(last_1m):avg:m{*} > 10", **options: Any) -> list[Transition]:
    source, memory, found = MemorySeries(), MonitorMemory(), list[Transition]()
    for minute, value in enumerate(values):
        if value is not None:
            source.add("m", frozenset({"host:a"}), START + 60 * minute, value)
        definition = {"type": "query alert", "query": query, "options": options}
        memory, new = run_monitor(definition, memory, source, START + 60 * (minute + 1))
        found += new
    return found


def test_a_monitor_triggers_and_recovers_and_both_are_told() -> None:
    """The first OK of a new monitor is nobody's news."""
    assert play([1, 11, 12, 1]) == [(1, "OK", False), (2, "Alert", True), (4, "OK", True)]


def test_a_recovery_threshold_holds_the_alert_until_it_is_passed() -> None:
    """With critical 10 and recovery 5 a value of 7 is still an alert."""
    thresholds = {"critical": 10, "critical_recovery": 5}

    assert play([11, 7, 5], thresholds=thresholds) == [(1, "Alert", True), (3, "OK", True)]


def test_an_alert_that_falls_below_critical_becomes_a_warning() -> None:
    """Alert to Warn to OK."""
    assert [state for _, state, _ in play([11, 7, 1], thresholds={"critical": 10, "warning": 5})] == [
        "Alert",
        "Warn",
        "OK",
    ]


def test_silence_keeps_the_last_state_of_a_gauge() -> None:
    """on_missing_data: default."""
    assert play([11, None, None, 1]) == [(1, "Alert", True), (4, "OK", True)]


def test_silence_of_a_counter_means_zero() -> None:
    """A query with as_count recovers when nothing is counted any more."""
    found = play([11, None], "sum(last_1m):sum:m{*}.as_count() > 10")

    assert found == [(1, "Alert", True), (2, "OK", True)]


@pytest.mark.parametrize(("option", "is_told"), [("show_no_data", False), ("show_and_notify_no_data", True)], ids=str)
def test_silence_is_shown_and_told_as_the_option_says(option: str, is_told: bool) -> None:
    """The state is No Data; only one of the two options tells people, and then it tells the recovery too."""
    found = play([1, None, 1], on_missing_data=option)

    assert found == [(1, "OK", False), (2, "No Data", is_told), (3, "OK", is_told)]


def test_an_alert_that_went_silent_is_resolved_when_data_comes_back() -> None:
    """Alert, No Data without a notice, OK with one: nobody is left with an open incident."""
    found = play([11, None, 1], on_missing_data="show_no_data")

    assert found == [(1, "Alert", True), (2, "No Data", False), (3, "OK", True)]


def test_a_monitor_that_never_had_data_does_not_alert() -> None:
    """Silence from the start is no transition."""
    assert play([None, None], on_missing_data="show_and_notify_no_data") == []


def test_an_alert_is_repeated_at_the_renotify_interval() -> None:
    """Every two minutes, at most twice."""
    found = changes([11] * 9, renotify_interval=2, renotify_occurrences=2)

    assert [(change.at - START, change.is_renotify) for change in found] == [(60, False), (180, True), (300, True)]


def repeated_at_h(**options: Any) -> list[float]:
    """Hours after the alert at which it is repeated, over 50 hours in which it lasts."""
    start, end = START, START + 50 * 3600
    series = Series("m", frozenset(), range(start, end, 60), [11.0] * (50 * 60))
    definition = {"type": "query alert", "query": "max(last_1m):avg:m{*} > 10", "options": options}
    found = three_ways(definition, [series], start, end)
    return [(change.at - start - 60) / 3600 for change in found if change.is_renotify]


def test_repetitions_stop_30_hours_after_the_alert() -> None:
    """Where nothing says how often; the one at 30 hours is the last."""
    assert repeated_at_h(renotify_interval=600) == [10, 20, 30]


def test_a_number_of_repetitions_overrides_the_30_hours() -> None:
    """Four of them, the last after 40 hours."""
    assert repeated_at_h(renotify_interval=600, renotify_occurrences=4) == [10, 20, 30, 40]


def lost_at_min(monitor_type: str = "log alert", **options: Any) -> int | None:
    """When a group leaves the monitor that had samples in minutes 0 and 1; None while it stays for three hours."""
    query = 'logs("x").index("*").rollup("count").by("service").last("5m") > 10'
    if monitor_type == "query alert":
        query = "sum(last_5m):sum:x{*} by {service}.as_count() > 10"
    source, memory = MemorySeries(), MonitorMemory()
    for minute in (0, 1):
        for name in ("x", 'logs("x")'):
            source.add(name, frozenset({"service:api"}), START + 60 * minute, 1, kind="count")
    definition = {"type": monitor_type, "query": query, "options": options}
    for minute in range(1, 181):
        memory, _ = run_monitor(definition, memory, source, START + 60 * minute)
        if not memory.groups:
            return minute
    return None


def test_a_silent_group_leaves_after_its_retention() -> None:
    """An hour after minute 6, the last evaluation whose five minutes held a log."""
    assert lost_at_min(group_retention_duration="1h") == 66
    assert lost_at_min(group_retention_duration="90m") == 96


def test_retention_is_for_monitors_on_events() -> None:
    """A metric monitor keeps its groups for 24 hours, whatever it says."""
    assert lost_at_min() is None
    assert lost_at_min("query alert", group_retention_duration="1h") is None


def test_retention_in_bulk_is_retention_minute_by_minute() -> None:
    """The group comes back as a new one, and its alert is told again."""
    values = [20.0, *[0.0] * 99, 20.0, 0.0]
    stamps = [START + 60 * minute for minute, value in enumerate(values) if value]
    series = Series('logs("x")', frozenset({"service:api"}), stamps, [20.0, 20.0], "count")
    query = 'logs("x").index("*").rollup("count").by("service").last("1m") > 10'
    options = {"group_retention_duration": "1h", "on_missing_data": "show_no_data", "new_group_delay": 0}

    found = three_ways({"type": "log alert", "query": query, "options": options}, [series], START, START + 6600)

    assert [((change.at - START) // 60, change.previous, change.current) for change in found] == [
        (1, "No Data", "Alert"), (2, "Alert", "No Data"), (101, "No Data", "Alert"), (102, "Alert", "No Data"),
    ]  # fmt: skip


def test_the_memory_survives_a_restart() -> None:
    """JSON and back."""
    source = MemorySeries()
    source.add("m", frozenset({"host:a"}), START, 11)
    options = {"new_host_delay": 0, "notify_by": ["*"]}
    query = {"type": "query alert", "query": "max(last_1m):avg:m{*} by {host} > 10", "options": options}

    memory, _ = run_monitor(query, MonitorMemory(), source, START + 60)

    assert memory_from_json(memory.to_json()) == memory
    assert memory.overall == "Alert"
    assert memory.bundles[()].notified == "Alert"
