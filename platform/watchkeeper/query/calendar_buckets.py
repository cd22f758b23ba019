"""Buckets of the calendar: what `.rollup(sum, daily, 9am, 'Europe/Berlin')` cuts time into. Pure.

Source: Datadog documentation, "Rollup" (calendar intervals: daily from an hour, weekly from a day, monthly from a date,
yearly from a month, each by the clock of a time zone), read 2026-11.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, cast
from zoneinfo import ZoneInfo

Unit = Literal["daily", "weekly", "monthly", "yearly"]
_DAY_S: Final = 86_400
_LENGTHS_S: Final = {"daily": _DAY_S, "weekly": 7 * _DAY_S, "monthly": 30 * _DAY_S, "yearly": 365 * _DAY_S}
_INTO_THE_NEXT: Final = {
    "daily": timedelta(hours=36), "weekly": timedelta(days=10), "monthly": timedelta(days=40),
    "yearly": timedelta(days=400),
}  # fmt: skip
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_HOUR: Final = re.compile(r"(1[0-2]|[1-9])(am|pm)")
_DATE: Final = re.compile(r"([12]?\d|3[01])(?:st|nd|rd|th)")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Buckets by a clock. first: the hour, the weekday (0: Monday), the date or the month with which each begins."""

    unit: Unit
    first: int
    timezone: str

    @property
    def length_s(self) -> int:
        """How long a bucket usually is; that of one day may be 23 or 25 hours."""
        return _LENGTHS_S[self.unit]

    def begin_of(self, at: int) -> int:
        """When the bucket that holds an instant begins, Unix seconds."""
        return _begin_of(self, at)

    def edges(self, start: int, end: int) -> list[int]:
        """The beginnings of all buckets that touch [start, end), and the end of the last one."""
        found = [self.begin_of(start)]
        while found[-1] < end:
            found.append(self.begin_of(found[-1] + int(_INTO_THE_NEXT[self.unit].total_seconds())))
        return found


def calendar_of(words: tuple[str, ...]) -> Calendar:
    """`daily`, `weekly, monday`, `monthly, 1st, 'UTC'`. Raises ValueError for what is no calendar."""
    unit, *rest = (word.lower() for word in words)
    if unit not in _LENGTHS_S:
        raise ValueError(f".rollup({words[0]})")
    first = 1 if unit in ("monthly", "yearly") else 0
    if rest:
        first = _first(unit, rest[0])
    zone = words[2] if len(words) > 2 else "UTC"  # noqa: PLR2004 - the third of them
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as err:
        raise ValueError(f".rollup() by the clock of `{zone}`") from err
    return Calendar(cast("Unit", unit), first, zone)


def _first(unit: str, word: str) -> int:
    hour, date = _HOUR.fullmatch(word), _DATE.fullmatch(word)
    if unit == "daily" and hour:
        return int(hour[1]) % 12 + (12 if hour[2] == "pm" else 0)
    if unit == "weekly" and word in _WEEKDAYS:
        return _WEEKDAYS.index(word)
    if unit == "monthly" and date and date[1] != "0":
        return int(date[1])
    if unit == "yearly" and word in _MONTHS:
        return _MONTHS.index(word) + 1
    raise ValueError(f".rollup({unit}, {word})")


@lru_cache(maxsize=65_536)
def _begin_of(calendar: Calendar, at: int) -> int:
    local = datetime.fromtimestamp(at, ZoneInfo(calendar.timezone))
    midnight = local.replace(hour=0, minute=0, second=0)
    match calendar.unit:
        case "daily":
            begin = midnight.replace(hour=calendar.first)
            begin = begin if begin <= local else begin - timedelta(days=1)
        case "weekly":
            begin = midnight - timedelta(days=(midnight.weekday() - calendar.first) % 7)
        case "monthly":
            begin = _on_date(midnight, calendar.first)
            if begin > local:
                begin = _on_date(midnight.replace(day=1) - timedelta(days=1), calendar.first)
        case "yearly":
            begin = midnight.replace(month=calendar.first, day=1)
            begin = begin if begin <= local else begin.replace(year=begin.year - 1)
    return int(begin.timestamp())


def _on_date(moment: datetime, date: int) -> datetime:
    """That date of the month, or its last one where it is shorter."""
    following = (moment.replace(day=1) + timedelta(days=32)).replace(day=1)
    return moment.replace(day=min(date, (following - timedelta(days=1)).day))
