"""When a monitor is evaluated, and which window it looks at. Pure.

Source: Datadog documentation, "Configure monitors" (evaluation frequency, evaluation delay, cumulative windows, custom
schedules), read 2026-11.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

from watchkeeper.query.forms import Window

_DAY_S: Final = 86_400
_MINUTE_S: Final = 60


def evaluation_interval_s(window_s: int) -> int:
    """How often Datadog evaluates: every minute, every 10 from a day's window on, every 30 from two days' on."""
    if window_s >= 2 * _DAY_S:
        return 1800
    return 600 if window_s >= _DAY_S else _MINUTE_S


def is_due(options: Mapping[str, Any], window_s: int, at: int) -> bool:
    """Whether a monitor is evaluated at an instant, Unix seconds."""
    schedule = (options.get("scheduling_options") or {}).get("custom_schedule") or {}
    recurrences = schedule.get("recurrences") or ()
    if not recurrences:
        return at % evaluation_interval_s(window_s) == 0
    return any(_occurs(each, at) for each in recurrences)


def _occurs(given: Mapping[str, Any], at: int) -> bool:
    local = datetime.fromtimestamp(at, ZoneInfo(given.get("timezone") or "UTC")).replace(tzinfo=None)
    start = given.get("start")
    first = datetime.fromisoformat(start) if start else datetime(1970, 1, 1)  # noqa: DTZ001 - wall time of its zone
    minute = timedelta(minutes=1)
    found = recurrence(given["rrule"], first.replace(tzinfo=None)).before(local + timedelta(seconds=1))
    return found is not None and local - found < minute


@lru_cache(maxsize=1024)
def recurrence(rule: str, first: datetime) -> rrule | rruleset:
    """The occurrences of an RFC 5545 rule as wall times, from the first on. Raises ValueError."""
    return rrulestr(rule, dtstart=first, cache=True)


def evaluated_period(window: Window, options: Mapping[str, Any], at: int) -> tuple[int, int]:
    """The window at an evaluation, as [start, end) in Unix seconds; `current` windows grow until they start anew."""
    end = at - int(options.get("evaluation_delay") or 0)
    if window.kind != "current":
        return end - window.seconds, end
    return _start_of_current(
        window.unit, (options.get("scheduling_options") or {}).get("evaluation_window") or {}, end
    ), end


def _start_of_current(unit: str, given: Mapping[str, Any], end: int) -> int:
    zone = ZoneInfo(str(given.get("timezone") or "UTC"))
    # What ends on the very instant of the start still belongs to the window before.
    local = datetime.fromtimestamp(end - 1, zone)
    if unit == "h":
        start = local.replace(minute=int(given.get("hour_starts") or 0), second=0)
        return int((start if start <= local else start - timedelta(hours=1)).timestamp())
    hour, minute = (int(part) for part in str(given.get("day_starts") or "00:00").split(":"))
    start = local.replace(hour=hour, minute=minute, second=0)
    if unit != "mo":
        return int((start if start <= local else start - timedelta(days=1)).timestamp())
    start = start.replace(day=int(given.get("month_starts") or 1))
    if start > local:
        start = (start.replace(day=1) - timedelta(days=1)).replace(day=start.day)
    return int(start.timestamp())
