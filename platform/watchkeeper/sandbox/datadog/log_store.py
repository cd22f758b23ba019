"""Logs that arrived, in memory, the newest of them."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 200_000
"""Kept at most; a day of the demo is a tenth of it."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One log. at_ms: Unix milliseconds. tags: lower-case `name:value`. attributes: of a structured message.

    Source, service, host and status are Datadog's reserved attributes; empty where nothing says them.
    """

    id: str
    at_ms: int
    message: str
    service: str
    source: str
    host: str
    status: str
    tags: frozenset[str]
    attributes: Mapping[str, Any]


class LogStore:
    """Ordered by time; logs of one instant in the order in which they came."""

    def __init__(self) -> None:
        self._logs: list[LogRecord] = []
        self._times: list[int] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._logs)

    def next_id(self) -> str:
        """Counted, so that two equal runs give equal ids."""
        self._count += 1
        return f"AQAAAW{self._count:018d}"

    def add(self, log: LogRecord) -> None:
        """Keep one, and forget the oldest where there are too many."""
        index = len(self._times)
        if self._times and self._times[-1] > log.at_ms:
            index = bisect_left(self._times, log.at_ms + 1)
        self._times.insert(index, log.at_ms)
        self._logs.insert(index, log)
        if len(self._logs) > MOST + MOST // 10:
            surplus = len(self._logs) - MOST
            del self._logs[:surplus], self._times[:surplus]

    def between(self, from_ms: int, to_ms: int) -> Iterator[LogRecord]:
        """Logs of [from, to), the oldest first."""
        first, last = bisect_left(self._times, from_ms), bisect_left(self._times, to_ms)
        yield from self._logs[first:last]

    def clear(self) -> None:
        """Forget everything."""
        self._logs.clear()
        self._times.clear()
        self._count = 0
