"""How one metric's samples become buckets: which grid, which aggregate, which scale, which gaps are filled.

Source: Datadog documentation, "Rollup", "Interpolation", "as_count() and as_rate()"; read 2026-11.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from watchkeeper.query.ast import Method, Metric
from watchkeeper.query.calendar_buckets import Calendar, calendar_of
from watchkeeper.query.forms import window_of
from watchkeeper.query.reduction import AGGREGATES, percent_of
from watchkeeper.query.series import Kind

BUCKET_S: Final = 60
FILL_LIMIT_S: Final = 300
"""How far apart two samples may be for the gap to be filled, where the query does not say it."""
LONGEST_FILL_S: Final = 600
DIFFERENCE: Final = "diff"
"""No method of the language: how a metric is marked whose series become differences."""

Fill = Literal["null", "linear", "last", "zero"]


@dataclass(frozen=True, slots=True)
class Rollup:
    """What the methods of a metric say.

    named: the aggregate that is asked for, "" where the kind of the metric decides. interval_s: of `.rollup(sum, 300)`,
    whose buckets lie on multiples of it since the epoch; None where the window's own buckets are used.
    fill: what is asked for, None where the kind decides. calendar: whose buckets are meant instead; interval_s is how
    long they usually are. differs: whether each series becomes the differences between its points.
    """

    named: str
    interval_s: int | None
    fill: Fill | None
    limit_s: int
    counts: bool
    rates: bool
    calendar: Calendar | None = None
    differs: bool = False

    def how(self, kind: Kind) -> str:
        """The aggregate over the samples of a bucket."""
        if self.named:
            return self.named
        return "sum" if self.counts or kind == "count" or (self.rates and kind != "rate") else "avg"

    def scale(self, kind: Kind, interval_s: int, bucket_s: int) -> tuple[float, float]:
        """What each bucket is multiplied with, and divided by."""
        if kind == "rate":
            return (float(interval_s), 1.0) if self.counts else (1.0, 1.0)
        return (1.0, float(bucket_s)) if self.rates else (1.0, 1.0)

    def filled(self, kind: Kind) -> Fill:
        """How gaps are filled: those of a gauge by a line, those of a counter not at all."""
        if self.fill is not None:
            return self.fill
        return "null" if self.counts or self.rates or kind in ("count", "rate") else "linear"

    def lookback(self, bucket_s: int) -> int:
        """How many buckets before the window may serve to fill a gap in it. Own grids begin with the window."""
        return 0 if self.interval_s or self.fill == "null" else self.limit_s // bucket_s


@lru_cache(maxsize=4096)
def rollup_of(metric: Metric) -> Rollup:
    """What a metric's methods say. Raises ValueError, with the method, for what is not computed."""
    rollup = metric.method("rollup")
    asked = rollup_arguments(rollup.words if rollup else ())
    fill, limit_s = fill_arguments(metric)
    return Rollup(
        asked.named, asked.interval_s, fill, limit_s, counts=metric.is_count,
        rates=metric.method("as_rate") is not None, calendar=asked.calendar,
        differs=metric.method(DIFFERENCE) is not None,
    )  # fmt: skip


def differing(metric: Metric) -> Metric:
    """The metric of `diff(metric)`: Datadog takes the difference after time and before space."""
    return replace(metric, methods=(*metric.methods, Method(DIFFERENCE)))


class RollupArguments(NamedTuple):
    """What `.rollup(...)` asks for, as in `Rollup`."""

    named: str = ""
    interval_s: int | None = None
    calendar: Calendar | None = None

    def begin_of(self, at: int) -> int:
        """When the bucket that holds an instant begins, Unix seconds."""
        assert self.interval_s is not None
        return at // self.interval_s * self.interval_s if self.calendar is None else self.calendar.begin_of(at)


def rollup_arguments(words: tuple[str, ...]) -> RollupArguments:
    """Aggregate and interval of `.rollup(max, 60)`, in whichever order they are left out; `.rollup(sum, daily)`.

    Raises ValueError.
    """
    named, interval_s = "", None
    for place, word in enumerate(words):
        seconds = _seconds(word)
        if seconds is not None:
            interval_s = seconds
        elif not named and (word in AGGREGATES or percent_of(word) is not None):
            named = word
        else:
            calendar = calendar_of(words[place:])
            return RollupArguments(named, calendar.length_s, calendar)
    return RollupArguments(named, interval_s)


def fill_arguments(metric: Metric) -> tuple[Fill | None, int]:
    """Mode and limit of `.fill(last, 600)`; a bare number above 0 is the limit of a line."""
    method = metric.method("fill")
    return fill_words(method.words) if method else (None, FILL_LIMIT_S)


def fill_words(words: tuple[str, ...]) -> tuple[Fill | None, int]:
    """As `fill_arguments`, of the plain arguments."""
    mode: Fill | None = None
    limit_s = FILL_LIMIT_S
    for word in words:
        if word in ("null", "linear", "last", "zero"):
            mode = word  # type: ignore[assignment]
        else:
            number = float(word)
            if number == 0 and mode is None:
                mode = "zero"
            else:
                mode, limit_s = mode or "linear", int(number)
    return mode, min(limit_s, LONGEST_FILL_S)


def _seconds(word: str) -> int | None:
    if word.isdigit():
        return int(word) or None
    window = window_of(word) if word[:1].isdigit() else None
    return window.seconds if window else None


@dataclass(frozen=True, slots=True)
class Bucket:
    """[start, end) in seconds. label: the timestamp of its point; a part of a bucket has the whole one's."""

    label: int
    start: int
    end: int


def buckets_of(start: int, end: int, bucket_s: int, rollup: Rollup) -> list[Bucket]:
    """The buckets of a window, those before it that may fill its gaps first; their labels lie before `start`.

    Of an interval of its own the first and the last bucket may be partial; none at all where no bucket is whole.
    """
    interval_s = rollup.interval_s
    if rollup.calendar:
        edges = rollup.calendar.edges(start, end)
        if not any(start <= begin and after <= end for begin, after in pairwise(edges)):
            return []
        return [Bucket(begin, max(begin, start), min(after, end)) for begin, after in pairwise(edges)]
    if interval_s:
        if -(-start // interval_s) * interval_s + interval_s > end:
            return []
        labels = range(start // interval_s * interval_s, end, interval_s)
        return [Bucket(label, max(label, start), min(label + interval_s, end)) for label in labels]
    size = max(1, (end - start) // bucket_s)
    before = rollup.lookback(bucket_s)
    found = [Bucket(start + index * bucket_s, start + index * bucket_s, start + (index + 1) * bucket_s)
             for index in range(-before, size)]  # fmt: skip
    found[-1] = Bucket(found[-1].label, found[-1].start, max(end, found[-1].end))
    return found
