"""Recorded time series, and where an evaluation takes them from."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, Protocol

Kind = Literal["gauge", "count", "rate", "distribution"]
"""How Datadog stores a metric. count: what happened within the interval; rate: the same per second."""

Tags = frozenset[str]


@dataclass(frozen=True, slots=True)
class Series:
    """The samples of one metric with one set of tags.

    tags: lower-case `key:value`. timestamps: Unix seconds, ascending, one for each value; a sample stamped t covers
    [t, t + interval_s). by_key: the values of each tag key, sorted.
    """

    metric: str
    tags: Tags
    timestamps: Sequence[int]
    values: Sequence[float]
    kind: Kind = "gauge"
    interval_s: int = 60
    by_key: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", index_tags(self.tags))


def index_tags(tags: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The values of each key; a tag without `:` is a key with an empty value."""
    found: dict[str, list[str]] = {}
    for tag in sorted(tags):
        key, _, value = tag.partition(":")
        found.setdefault(key, []).append(value)
    return MappingProxyType({key: tuple(values) for key, values in found.items()})


class SeriesSource(Protocol):
    """Anything that holds series: the sandbox's memory, a unit test's notation, a file of a backtest."""

    @property
    def answers_searches(self) -> bool:
        """Whether it looks for what a search finds itself, so that the series named after it is the whole answer."""
        ...

    def select(self, metric: str, start: int, end: int) -> Iterable[Series]:
        """Every series of the metric that has samples stamped in [start, end), cut to that period."""
        ...


class _Track:
    """One growing series."""

    __slots__ = ("by_key", "interval_s", "kind", "metric", "tags", "timestamps", "values")

    def __init__(self, metric: str, tags: Tags, kind: Kind, interval_s: int) -> None:
        self.metric = metric
        self.tags = tags
        self.kind = kind
        self.interval_s = interval_s
        self.by_key = index_tags(tags)
        self.timestamps: list[int] = []
        self.values: list[float] = []

    def put(self, at: int, value: float) -> None:
        if not self.timestamps or at > self.timestamps[-1]:
            self.timestamps.append(at)
            self.values.append(value)
            return
        if self.kind == "distribution":
            # Its values are all measurements: a second one of the same instant joins the first.
            index = bisect_right(self.timestamps, at)
            self.timestamps.insert(index, at)
            self.values.insert(index, value)
            return
        index = bisect_left(self.timestamps, at)
        if index < len(self.timestamps) and self.timestamps[index] == at:
            # Datadog keeps the last value that was submitted for one instant.
            self.values[index] = value
        else:
            self.timestamps.insert(index, at)
            self.values.insert(index, value)


class MemorySeries:
    """Series in memory; samples may be added at any time and in any order."""

    answers_searches: Final = False

    def __init__(self, series: Iterable[Series] = ()) -> None:
        self._tracks: dict[str, dict[Tags, _Track]] = {}
        for each in series:
            for at, value in zip(each.timestamps, each.values, strict=True):
                self.add(each.metric, each.tags, at, value, kind=each.kind, interval_s=each.interval_s)

    def add(
        self, metric: str, tags: Tags, at: int, value: float, *, kind: Kind = "gauge", interval_s: int = 60
    ) -> None:
        """Put one sample."""
        by_tags = self._tracks.setdefault(metric, {})
        track = by_tags.get(tags)
        if track is None:
            track = by_tags[tags] = _Track(metric, tags, kind, interval_s)
        track.put(at, value)

    @property
    def metrics(self) -> Sequence[str]:
        """The names of all metrics that have samples, sorted."""
        return sorted(self._tracks)

    def select(self, metric: str, start: int, end: int) -> Iterator[Series]:
        """Every series of the metric with samples in [start, end)."""
        for track in self._tracks.get(metric, {}).values():
            first, last = bisect_left(track.timestamps, start), bisect_left(track.timestamps, end)
            if first < last:
                yield Series(
                    metric, track.tags, track.timestamps[first:last], track.values[first:last], track.kind,
                    track.interval_s,
                )  # fmt: skip

    def tag_sets(self, metric: str) -> Sequence[Tags]:
        """The tags of each series of a metric."""
        return list(self._tracks.get(metric, ()))
