"""Schedules: cron, rate and at, in time zones."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.autoscaling.schedule import Cron, ScheduleSyntaxError, fires, parse_schedule, skipped_times

BERLIN = ZoneInfo("Europe/Berlin")


def runs(text: str, since: str, until: str, timezone: str = "UTC") -> list[str]:
    """The local times at which a schedule runs between two local times."""
    zone = ZoneInfo(timezone)
    begin, end = (int(datetime.fromisoformat(each).replace(tzinfo=zone).timestamp()) for each in (since, until))
    found = fires(parse_schedule(text), timezone, begin, end)
    return [datetime.fromtimestamp(each, zone).strftime("%m-%d %H:%M") for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cron(30 7 ? * MON-FRI *)", ["01-01 07:30", "01-04 07:30", "01-05 07:30"]),
        ("cron(0 0/12 2 * ? *)", ["01-02 00:00", "01-02 12:00"]),
        ("cron(0 9 ? * 2#1 *)", ["01-04 09:00"]),
        ("cron(0 9 ? * 6L 2027)", ["01-29 09:00"]),
        ("cron(15,45 8 L * ? *)", ["01-31 08:15", "01-31 08:45"]),
        ("cron(0 8 LW * ? *)", ["01-29 08:00"]),
        ("cron(0 8 2W * ? *)", ["01-01 08:00"]),
        ("cron(0 8 L-2 JAN ? *)", ["01-29 08:00"]),
        ("at(2027-01-03T10:20:00)", ["01-03 10:20"]),
        ("rate(10 days)", ["01-02 00:00", "01-12 00:00", "01-22 00:00"]),
    ],
)
def test_a_schedule_runs_when_aws_would_run_it(text: str, expected: list[str]) -> None:
    """January 2027 begins on a Friday; the first runs of it."""
    assert runs(text, "2026-12-31T23:59", "2027-01-31T23:59")[: len(expected)] == expected


def test_a_time_that_the_clocks_skip_is_left_out() -> None:
    """Half past two does not exist in Berlin on 28 March 2027."""
    days = runs("cron(30 2 * * ? *)", "2027-03-27T00:00", "2027-03-30T00:00", "Europe/Berlin")

    assert days == ["03-27 02:30", "03-29 02:30"]
    (skipped,) = skipped_times(parse_schedule("cron(30 2 * * ? *)"), "Europe/Berlin", 2027)
    assert skipped.isoformat() == "2027-03-28T02:30:00"


def test_a_time_that_the_clocks_repeat_runs_once() -> None:
    """Half past two exists twice in Berlin on 31 October 2027: the first one counts."""
    begin = int(datetime(2027, 10, 31, tzinfo=BERLIN).timestamp())
    (at,) = fires(parse_schedule("cron(30 2 * * ? *)"), "Europe/Berlin", begin, begin + 86400)

    assert datetime.fromtimestamp(at, UTC).hour == 0


@pytest.mark.parametrize(
    ("text", "what", "offset"),
    [
        ("0 8 * * *", "`0 8 * * *` is no schedule", 0),
        ("cron(0 8 * * *)", "a cron schedule has 6 fields, not 5", 5),
        ("cron(0 8 * * * *)", "day of month and day of week exclude each other", 9),
        ("cron(0 25 ? * * *)", "`25` is no hours", 7),
        ("cron(0 8 ? FOO * *)", "`FOO` is no month", 11),
        ("cron(0 8 ? * FRI-MON *)", "`FRI-MON` is no day of week", 13),
        ("rate(1 minutes)", "`1 minutes` is no rate", 5),
        ("at(2027-13-01T00:00:00)", "`2027-13-01T00:00:00` is no date and time", 3),
    ],
)
def test_a_wrong_schedule_is_named_at_its_character(text: str, what: str, offset: int) -> None:
    """With how to mend it."""
    with pytest.raises(ScheduleSyntaxError) as caught:
        parse_schedule(text)

    assert (str(caught.value), caught.value.offset) == (what, offset)
    assert caught.value.fix


@given(
    minute=st.integers(0, 59), hour=st.integers(0, 23), start=st.integers(1_700_000_000, 1_900_000_000),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)  # fmt: skip
def test_a_daily_schedule_runs_once_a_day(minute: int, hour: int, start: int, zone: str) -> None:
    """In every time zone, on every day on which the time exists; and always at that local time."""
    schedule = parse_schedule(f"cron({minute} {hour} * * ? *)")
    found = [datetime.fromtimestamp(each, ZoneInfo(zone)) for each in fires(schedule, zone, start, start + 4 * 86400)]

    assert isinstance(schedule, Cron)
    assert len(found) in (3, 4, 5)
    assert {(each.hour, each.minute) for each in found} == {(hour, minute)}
    assert len({each.date() for each in found}) == len(found)
