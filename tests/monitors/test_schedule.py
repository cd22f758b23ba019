"""When monitors are evaluated, and over which window."""

from datetime import UTC, datetime
from typing import Any

import pytest

from watchkeeper.monitors.schedule import evaluated_period, is_due
from watchkeeper.query.forms import Window


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("window_s", "minutes"), [(300, 1), (86_400 - 60, 1), (86_400, 10), (2 * 86_400, 30), (30 * 86_400, 30)], ids=str
)
def test_long_windows_are_evaluated_less_often(window_s: int, minutes: int) -> None:
    """Every minute; every 10 from a day on, every 30 from two days on."""
    start = utc("2025-11-24T00:00")

    assert [m for m in range(1, 61) if is_due({}, window_s, start + 60 * m)] == list(range(minutes, 61, minutes))


def test_the_evaluation_delay_moves_the_window_as_documented() -> None:
    """At 7:00 with last_5m and a delay of 900 s it is 6:40 to 6:45."""
    found = evaluated_period(Window("last", 5, "m"), {"evaluation_delay": 900}, utc("2025-11-24T07:00"))

    assert found == (utc("2025-11-24T06:40"), utc("2025-11-24T06:45"))


@pytest.mark.parametrize(
    ("unit", "given", "at", "start"),
    [
        ("h", {"hour_starts": 15}, "2025-11-24T07:20", "2025-11-24T07:15"),
        ("h", {"hour_starts": 15}, "2025-11-24T07:10", "2025-11-24T06:15"),
        ("d", {"day_starts": "04:00", "timezone": "Europe/Berlin"}, "2025-11-24T02:00", "2025-11-23T03:00"),
        ("d", {"day_starts": "04:00", "timezone": "Europe/Berlin"}, "2025-11-24T03:30", "2025-11-24T03:00"),
        ("mo", {"month_starts": 15}, "2025-11-14T12:00", "2025-10-15T00:00"),
        ("mo", {}, "2025-11-14T12:00", "2025-11-01T00:00"),
        ("d", {}, "2025-11-24T00:00", "2025-11-23T00:00"),
    ],
    ids=str,
)
def test_a_cumulative_window_grows_from_its_start(unit: str, given: dict[str, Any], at: str, start: str) -> None:
    """current_1h, current_1d, current_1mo; what ends on the start belongs to the window before."""
    options = {"scheduling_options": {"evaluation_window": given}}

    assert evaluated_period(Window("current", 1, unit), options, utc(at)) == (utc(start), utc(at))


def test_a_custom_schedule_says_when() -> None:
    """Working days at nine in Berlin."""
    rule = {"rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0", "timezone": "Europe/Berlin",
            "start": "2025-11-01T00:00:00"}  # fmt: skip
    options = {"scheduling_options": {"custom_schedule": {"recurrences": [rule]}}}
    start = utc("2025-11-21T00:00")

    due = [start + 60 * minute for minute in range(4 * 1440) if is_due(options, 300, start + 60 * minute)]

    assert due == [utc("2025-11-21T08:00"), utc("2025-11-24T08:00")]
