"""Downtimes: whom they mute, when, and what is told."""

from datetime import UTC, datetime
from typing import Any

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.monitors.alerting import MonitorMemory, run_monitor
from watchkeeper.monitors.downtime import Downtime, downtime_from_json
from watchkeeper.query.scope import parse_scope
from watchkeeper.query.series import MemorySeries

START = 1_764_000_000


def play(values: list[float], *downtimes: Downtime) -> list[tuple[int, str, bool]]:
    """One sample a minute against > 10; gives (minute, state, whether people are told)."""
    source, memory, found = MemorySeries(), MonitorMemory(), list[tuple[int, str, bool]]()
    definition = {"id": 7, "tags": ["team:a"], "type": "query alert", "query": "max(last_1m):avg:m{env:prod} > 10"}
    for minute, value in enumerate(values):
        source.add("m", frozenset({"env:prod"}), START + 60 * minute, value)
        at = START + 60 * (minute + 1)
        memory, changes = run_monitor(definition, memory, source, at, downtimes=downtimes)
        found += [(minute + 1, change.current, change.notifies) for change in changes]
    return found


def between(first: int, last: int, **more: Any) -> Downtime:
    return Downtime(start=START + 60 * first, end=START + 60 * last, **more)


def test_a_downtime_stops_notices_and_not_states() -> None:
    """Alert and recovery within it happen in silence."""
    assert play([1, 11, 1, 1], between(2, 4)) == [(1, "OK", False), (2, "Alert", False), (3, "OK", False)]


def test_what_still_alerts_when_a_downtime_expires_is_told_then() -> None:
    """Datadog's first example: the alert lasts for the whole downtime."""
    assert play([11] * 5, between(2, 4)) == [(1, "Alert", True), (4, "Alert", True)]


def test_the_first_recovery_of_an_alert_from_before_is_told_within_the_downtime() -> None:
    """Datadog's second example; a second alert and recovery are not told."""
    assert play([11, 1, 11, 1], between(2, 9)) == [
        (1, "Alert", True),
        (2, "OK", True),
        (3, "Alert", False),
        (4, "OK", False),
    ]


def test_the_first_recovery_can_be_muted_too() -> None:
    """mute_first_recovery_notification."""
    assert play([11, 1], between(2, 9, mutes_first_recovery=True)) == [(1, "Alert", True), (2, "OK", False)]


def test_a_canceled_downtime_tells_nothing_unless_it_says_so() -> None:
    """The default tells what alerts at the end of an expired one only."""
    canceled = START + 180

    assert play([1, 11, 11], between(1, 9, canceled=canceled)) == [(1, "OK", False), (2, "Alert", False)]
    told = between(1, 9, canceled=canceled, tells_when_canceled=True)
    assert play([1, 11, 11], told)[-1] == (3, "Alert", True)


@pytest.mark.parametrize(
    ("downtime", "is_muted"),
    [
        (between(0, 9), True),
        (between(0, 9, monitor_id=7), True),
        (between(0, 9, monitor_id=8), False),
        (between(0, 9, monitor_tags=frozenset({"team:a"})), True),
        (between(0, 9, monitor_tags=frozenset({"team:a", "tier:1"})), False),
    ],
    ids=["all", "this", "another", "its-tag", "all-tags-must-match"],
)
def test_a_downtime_covers_the_monitors_that_it_names(downtime: Downtime, is_muted: bool) -> None:
    """By id or by all of its tags."""
    assert play([11], downtime)[0][2] is not is_muted


@pytest.mark.parametrize(
    ("scope", "is_covered"),
    [
        ("service:web-store", True),
        ("service:web-store AND env:dev", False),
        ("env:(dev OR prod)", True),
        ("service:web-store AND env:(dev OR staging)", False),
        ("service:web-*", True),
        ("service:web-store AND -env:prod", False),
        ("*", True),
    ],
    ids=str,
)
def test_the_scope_of_a_downtime_is_read_as_datadog_writes_it(scope: str, is_covered: bool) -> None:
    """The examples of its documentation."""
    downtime = downtime_from_json({"data": {"attributes": {"scope": scope, "schedule": {}}}})

    assert downtime.covers(1, (), {"service:web-store", "env:prod"}) is is_covered


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_a_recurring_downtime_keeps_its_wall_time_over_a_change_of_the_clock() -> None:
    """Every Sunday at 02:30 in Berlin for two hours; on 2025-03-30 the clock jumps at two."""
    body = {
        "scope": "env:prod",
        "monitor_identifier": {"monitor_tags": ["*"]},
        "schedule": {
            "timezone": "Europe/Berlin",
            "recurrences": [{"rrule": "FREQ=WEEKLY;BYDAY=SU", "duration": "2h", "start": "2025-03-16T04:30:00"}],
        },
    }
    downtime = downtime_from_json({"data": {"attributes": body}})

    found = list(downtime.periods(utc("2025-03-20"), utc("2025-04-02")))

    assert found == [
        (utc("2025-03-23T03:30"), utc("2025-03-23T05:30")),
        (utc("2025-03-30T02:30"), utc("2025-03-30T04:30")),
    ]


def test_the_first_version_of_the_api_is_read_too() -> None:
    """Weeks with days; the length is end minus start."""
    body = {
        "scope": ["env:prod"],
        "monitor_tags": ["*"],
        "start": utc("2025-11-24T22:00"),
        "end": utc("2025-11-25T02:00"),
        "timezone": "UTC",
        "recurrence": {"type": "weeks", "period": 1, "week_days": ["Mon", "Tue"], "until_occurrences": 3},
    }

    found = list(downtime_from_json(body).periods(0, utc("2026-01-01")))

    assert [datetime.fromtimestamp(start, UTC).strftime("%a %d %H") for start, _ in found] == [
        "Mon 24 22",
        "Tue 25 22",
        "Mon 01 22",
    ]
    assert {end - start for start, end in found} == {4 * 3600}


@pytest.mark.parametrize(
    "schedule",
    [
        {"recurrences": [{"rrule": "DTSTART:20250101;FREQ=DAILY", "duration": "1h"}]},
        {"recurrences": [{"rrule": "FREQ=SOMETIMES", "duration": "1h"}]},
        {"recurrences": [{"rrule": "FREQ=DAILY", "duration": "long"}]},
        {"recurrences": [{"rrule": "FREQ=DAILY"}]},
    ],
    ids=["start-in-the-rule", "unknown-frequency", "no-duration", "duration-missing"],
)
def test_a_downtime_that_cannot_be_read_is_named(schedule: dict[str, Any]) -> None:
    """What is wrong stands in the error."""
    with pytest.raises(ConfigError) as caught:
        downtime_from_json({"data": {"attributes": {"scope": "*", "schedule": schedule}}})

    assert "the downtime cannot be read" in caught.value.problems[0].what


@pytest.mark.parametrize(
    ("monitor_type", "query", "scope", "is_muted"),
    [
        ("query alert", "max(last_1m):avg:m{env:prod} > 10", "env:prod", True),
        ("query alert", "max(last_1m):avg:m{!env:dev} > 10", "env:dev", False),
        ("query alert", "max(last_1m):avg:m{env IN (prod,stage)} > 10", "env:stage", True),
        ("log alert", 'logs("env:prod -host:b").index("*").rollup("count").last("1m") > 10', "env:prod", True),
        ("log alert", 'logs("env:prod -host:b").index("*").rollup("count").last("1m") > 10', "host:b", False),
    ],
    ids=str,
)
def test_a_downtime_mutes_what_the_query_asks_for_and_not_what_it_excludes(
    monitor_type: str, query: str, scope: str, *, is_muted: bool
) -> None:
    """The scope is held against the tags of the query, and of a search."""
    source = MemorySeries()
    for metric in ("m", 'logs("*")'):
        source.add(metric, frozenset({"env:prod"}), START, 11, kind="count")
    downtime = between(0, 9, scope=parse_scope(scope, (0, len(scope))))

    _, (change,) = run_monitor(
        {"type": monitor_type, "query": query}, MonitorMemory(), source, START + 60, downtimes=[downtime]
    )

    assert change.current == "Alert"
    assert change.is_muted is is_muted
