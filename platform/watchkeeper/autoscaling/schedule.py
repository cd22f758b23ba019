"""Schedules of Application Auto Scaling: `cron(...)`, `rate(...)`, `at(...)`, read in a time zone. Pure.

Source: Application Auto Scaling user guide, "Schedule recurring scaling actions using cron expressions". What AWS does
in the hour that daylight saving skips or repeats is not written there; as EventBridge Scheduler documents it for the
same expressions, a time that does not exist is left out, and one that exists twice counts once, the first time.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MINUTE_S: Final = 60
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_UNITS_S: Final = {"minute": 60, "hour": 3600, "day": 86400}
_SATURDAY, _SUNDAY = 7, 1


class ScheduleSyntaxError(ValueError):
    """A text that is no schedule. offset: of the wrong part in the text, from 0. fix: how to mend it."""

    def __init__(self, what: str, offset: int, fix: str) -> None:
        self.offset = offset
        self.fix = fix
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class _Day:
    """Days of a month.

    month_days: numbers. last: days before the last of the month, None for unset. nearest: the weekday nearest to this
    number, 0 to the last day. weekdays: 1 is Sunday. nth: weekday and its number in the month, 0 for the last one.
    """

    month_days: frozenset[int] = frozenset()
    last: int | None = None
    nearest: int | None = None
    weekdays: frozenset[int] = frozenset()
    nth: tuple[int, int] | None = None

    def matches(self, day: date) -> bool:
        """Whether the schedule runs on that day."""
        length = monthrange(day.year, day.month)[1]
        if self.nearest is not None or self.last is not None:
            number = self.nearest or length - (self.last or 0)
            if self.nearest is not None:
                number = _nearest_weekday(day.year, day.month, min(number, length))
            return day.day == number
        weekday = day.isoweekday() % 7 + 1
        if self.nth is not None:
            wanted, number = self.nth
            if weekday != wanted:
                return False
            return day.day + 7 > length if number == 0 else (day.day - 1) // 7 + 1 == number
        return day.day in self.month_days if self.month_days else weekday in self.weekdays


def _nearest_weekday(year: int, month: int, number: int) -> int:
    """The weekday nearest to a day, without leaving the month."""
    weekday = date(year, month, number).isoweekday() % 7 + 1
    if weekday == _SATURDAY:
        return number - 1 if number > 1 else number + 2
    if weekday == _SUNDAY:
        return number + 1 if number < monthrange(year, month)[1] else number - 2
    return number


@dataclass(frozen=True, slots=True)
class Cron:
    """`cron(minutes hours day-of-month month day-of-week year)`."""

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]
    day: _Day

    def matches(self, local: datetime) -> bool:
        """Whether it runs at that minute of that local day."""
        is_time = local.minute in self.minutes and local.hour in self.hours
        return is_time and local.month in self.months and local.year in self.years and self.day.matches(local.date())

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Rate:
    """`rate(5 minutes)`: counted from the start of the action."""

    text: str
    seconds: int

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class At:
    """`at(yyyy-mm-ddThh:mm:ss)`: once, in the action's time zone."""

    text: str
    local: datetime

    def __str__(self) -> str:
        return self.text


Schedule = Cron | Rate | At


def fires(schedule: Schedule, timezone: str, since: int, until: int, *, starts_at: int = 0) -> Iterator[int]:
    """When the schedule runs, since < t <= until, in Unix seconds. starts_at: from where a rate counts."""
    if isinstance(schedule, Rate):
        first = starts_at + max(0, (since - starts_at) // schedule.seconds + 1) * schedule.seconds
        yield from range(first, until + 1, schedule.seconds)
        return
    zone = ZoneInfo(timezone)
    if isinstance(schedule, At):
        when = int(schedule.local.replace(tzinfo=zone).timestamp())
        if since < when <= until and not is_skipped(schedule.local, zone):
            yield when
        return
    for minute in range((since // MINUTE_S + 1) * MINUTE_S, until + 1, MINUTE_S):
        local = datetime.fromtimestamp(minute, zone)
        if local.fold == 0 and schedule.matches(local):
            yield minute


def is_skipped(local: datetime, zone: ZoneInfo) -> bool:
    """Whether a local time does not exist, because the clocks go forward over it."""
    there = local.replace(tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local


def skipped_times(schedule: Schedule, timezone: str, year: int) -> list[datetime]:
    """The local times of a year at which the schedule would run, if daylight saving did not skip them."""
    zone = ZoneInfo(timezone)
    if isinstance(schedule, Rate):
        return []
    if isinstance(schedule, At):
        return [schedule.local] if schedule.local.year == year and is_skipped(schedule.local, zone) else []
    found = []
    for number in range(366):
        day = datetime(year, 1, 1) + timedelta(days=number)  # noqa: DTZ001 - a local day, zone apart
        if day.year != year or zone.utcoffset(day) == zone.utcoffset(day + timedelta(days=1)):
            continue
        minutes = (day + timedelta(minutes=each) for each in range(24 * 60))
        found += [minute for minute in minutes if schedule.matches(minute) and is_skipped(minute, zone)]
    return found


def parse_schedule(text: str) -> Schedule:
    """A schedule from its text. Raises ScheduleSyntaxError."""
    found = re.fullmatch(r"(cron|rate|at)\((.*)\)", text.strip())
    if found is None:
        fix = "write cron(0 8 ? * MON-FRI *), rate(5 minutes) or at(2027-01-31T08:00:00)"
        raise ScheduleSyntaxError(f"`{text}` is no schedule", 0, fix)
    kind, inner = found.groups()
    offset = text.index("(") + 1
    if kind == "rate":
        return _rate(text, inner, offset)
    if kind == "at":
        try:
            return At(text, datetime.strptime(inner, "%Y-%m-%dT%H:%M:%S"))  # noqa: DTZ007 - local, zone apart
        except ValueError as err:
            fix = "write it as at(2027-01-31T08:00:00), without an offset"
            raise ScheduleSyntaxError(f"`{inner}` is no date and time", offset, fix) from err
    return _cron(text, inner, offset)


def _rate(text: str, inner: str, offset: int) -> Rate:
    found = re.fullmatch(r"([1-9][0-9]{0,4}) (minute|hour|day)(s?)", inner)
    if found is None or (found[1] == "1") != (found[3] == ""):
        fix = "write rate(1 minute), rate(5 minutes), rate(2 hours) or rate(1 day)"
        raise ScheduleSyntaxError(f"`{inner}` is no rate", offset, fix)
    return Rate(text, int(found[1]) * _UNITS_S[found[2]])


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()


_FIELDS: Final = (
    _Field("minutes", 0, 59),
    _Field("hours", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 1, 7, _DAYS),
    _Field("year", 1970, 2199),
)


def _cron(text: str, inner: str, offset: int) -> Cron:
    parts = [(found.group(), offset + found.start()) for found in re.finditer(r"\S+", inner)]
    if len(parts) != len(_FIELDS):
        fix = "write minutes, hours, day of month, month, day of week, year: cron(0 8 ? * MON-FRI *)"
        raise ScheduleSyntaxError(f"a cron schedule has 6 fields, not {len(parts)}", offset, fix)
    if (parts[2][0] == "?") == (parts[4][0] == "?"):
        fix = "write `?` for exactly one of day of month and day of week"
        raise ScheduleSyntaxError("day of month and day of week exclude each other", parts[2][1], fix)
    minutes, hours, months, years = (_values(_FIELDS[index], *parts[index]) for index in (0, 1, 3, 5))
    day = _month_day(*parts[2]) if parts[4][0] == "?" else _weekday(*parts[4])
    return Cron(text, minutes, hours, months, years, day)


def _month_day(part: str, offset: int) -> _Day:
    if found := re.fullmatch(r"L(?:-([0-9]{1,2}))?", part):
        return _Day(last=int(found[1] or 0))
    if part == "LW":
        return _Day(nearest=0, last=0)
    if found := re.fullmatch(r"([0-9]{1,2})W", part):
        (number,) = _values(_FIELDS[2], found[1], offset)
        return _Day(nearest=number)
    return _Day(month_days=_values(_FIELDS[2], part, offset))


def _weekday(part: str, offset: int) -> _Day:
    if part == "L":
        return _Day(weekdays=frozenset((_SATURDAY,)))
    if found := re.fullmatch(r"([0-9A-Za-z]+)(?:L|#([1-5]))", part):
        (weekday,) = _values(_FIELDS[4], found[1], offset)
        return _Day(nth=(weekday, int(found[2] or 0)))
    return _Day(weekdays=_values(_FIELDS[4], part, offset))


def _values(field: _Field, part: str, offset: int) -> frozenset[int]:
    found: set[int] = set()
    for item in part.split(","):
        match = re.fullmatch(r"(\*|[0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?(?:/([1-9][0-9]*))?", item)
        if match is None or (match[1] == "*" and match[2]):
            raise _wrong(field, item, offset)
        low = field.low if match[1] == "*" else _number(field, match[1], offset)
        high = _number(field, match[2], offset) if match[2] else low
        if match[1] == "*" or (match[3] and not match[2]):
            high = field.high
        if high < low:
            raise _wrong(field, item, offset)
        found.update(range(low, high + 1, int(match[3] or 1)))
    return frozenset(found)


def _number(field: _Field, word: str, offset: int) -> int:
    if word.upper() in field.words:
        return field.words.index(word.upper()) + field.low
    if not word.isdigit() or not field.low <= int(word) <= field.high:
        raise _wrong(field, word, offset)
    return int(word)


def _wrong(field: _Field, item: str, offset: int) -> ScheduleSyntaxError:
    words = f", or {field.words[0]} to {field.words[-1]}" if field.words else ""
    fix = f"use {field.low} to {field.high}{words}; `*`, lists, ranges and `/` steps of them"
    return ScheduleSyntaxError(f"`{item}` is no {field.name}", offset, fix)
