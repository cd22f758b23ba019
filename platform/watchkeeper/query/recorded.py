"""Recorded series as arrays: what a backtest reads, and what the vectorised evaluator works on. Needs numpy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from watchkeeper.query.series import Kind, Series, Tags, index_tags

Instants = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One series as arrays. timestamps: Unix seconds, strictly ascending; values: one for each, never NaN.

    kind, interval_s: as in `Series`. by_key: the values of each tag key.
    """

    metric: str
    tags: Tags
    timestamps: Instants
    values: Values
    kind: Kind = "gauge"
    interval_s: int = 60
    by_key: Mapping[str, tuple[str, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", index_tags(self.tags))


class RecordedSeries:
    """Series that do not grow any more. Serves the reference evaluator too, as a `SeriesSource`."""

    answers_searches: Final = False

    def __init__(self, tracks: Iterable[Track] = ()) -> None:
        self._tracks: dict[str, list[Track]] = {}
        for track in tracks:
            self._tracks.setdefault(track.metric, []).append(track)

    @property
    def metrics(self) -> Sequence[str]:
        """The names of all metrics, sorted."""
        return sorted(self._tracks)

    @property
    def samples(self) -> int:
        """How many samples there are in all."""
        return sum(len(track.values) for tracks in self._tracks.values() for track in tracks)

    @property
    def period(self) -> tuple[int, int] | None:
        """The first timestamp, and the end of the minute that holds the last one; None where nothing is recorded."""
        held = [track.timestamps for tracks in self._tracks.values() for track in tracks if len(track.timestamps)]
        if not held:
            return None
        last = max(int(stamps[-1]) for stamps in held)
        return min(int(stamps[0]) for stamps in held), last - last % 60 + 60

    def tracks(self, metric: str) -> Sequence[Track]:
        """Every series of a metric, in the order in which they were first seen."""
        return self._tracks.get(metric, ())

    def select(self, metric: str, start: int, end: int) -> Iterator[Series]:
        """Every series of the metric with samples in [start, end)."""
        for track in self.tracks(metric):
            first, last = np.searchsorted(track.timestamps, (start, end))
            if first < last:
                yield Series(
                    metric, track.tags, track.timestamps[first:last].tolist(), track.values[first:last].tolist(),
                    track.kind, track.interval_s,
                )  # fmt: skip


Packed = tuple[str, Tags, Instants, Values, Kind, int]
"""A track without its index, which need not travel to another process."""


def packed(series: RecordedSeries, metrics: Sequence[str]) -> list[Packed]:
    """The tracks of some metrics as they are sent to another process."""
    return [
        (track.metric, track.tags, track.timestamps, track.values, track.kind, track.interval_s)
        for metric in metrics
        for track in series.tracks(metric)
    ]


def unpacked(tracks: Iterable[Packed]) -> RecordedSeries:
    """What `packed` gave, as it was."""
    return RecordedSeries(Track(*each) for each in tracks)


def recorded(series: Iterable[Series]) -> RecordedSeries:
    """Series as arrays. Their timestamps must ascend; a sample that is not a number is left out."""
    tracks = []
    for each in series:
        values = np.asarray(each.values, dtype=np.float64)
        stamps = np.asarray(each.timestamps, dtype=np.int64)
        known = ~np.isnan(values)
        tracks.append(Track(each.metric, each.tags, stamps[known], values[known], each.kind, each.interval_s))
    return RecordedSeries(tracks)
