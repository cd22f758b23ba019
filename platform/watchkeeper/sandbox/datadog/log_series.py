"""Logs as series: what a search of a log monitor stands for, counted or measured in the logs that arrived."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from watchkeeper.query.series import Series, SeriesSource
from watchkeeper.sandbox.datadog.log_search import matcher, numbers_in
from watchkeeper.sandbox.datadog.log_store import LogRecord, LogStore

_SEARCH: Final = re.compile(r'logs\("(?P<search>.*)"\)(?::(?P<measure>[^"]+))?', re.DOTALL)
_MINUTE_S: Final = 60
_LONGEST_VALUE: Final = 100
"""An attribute that is longer groups nothing."""


class WithLogs:
    """Series of a source, and those that are named after a search.

    `logs("status:error")` is a count each minute, `logs("status:error"):duration` the values of an attribute.
    """

    answers_searches: Final = True

    def __init__(self, series: SeriesSource, logs: LogStore) -> None:
        self._series = series
        self._logs = logs

    def select(self, metric: str, start: int, end: int) -> Iterable[Series]:
        """As the evaluator asks for it. Raises QuerySyntaxError for a search that cannot be read."""
        found = _SEARCH.fullmatch(metric)
        if found is None:
            return self._series.select(metric, start, end)
        if found["measure"]:
            return self._measured(metric, found["search"], found["measure"], start, end)
        return self._counted(metric, found["search"], start, end)

    def _counted(self, metric: str, search: str, start: int, end: int) -> Iterator[Series]:
        is_found = matcher(search)
        counts: dict[frozenset[str], Counter[int]] = {}
        for log in self._logs.between(start * 1000, end * 1000):
            if is_found(log):
                at = log.at_ms // 1000
                counts.setdefault(_facets(log), Counter())[at - at % _MINUTE_S] += 1
        for tags, by_minute in counts.items():
            times = sorted(at for at in by_minute if start <= at < end)
            if times:
                yield Series(metric, tags, times, [float(by_minute[at]) for at in times], "count", _MINUTE_S)

    def _measured(self, metric: str, search: str, measure: str, start: int, end: int) -> Iterator[Series]:
        """A sample each log, in the second of the log."""
        is_found = matcher(search)
        samples: dict[frozenset[str], list[tuple[int, float]]] = {}
        for log in self._logs.between(start * 1000, end * 1000):
            if is_found(log):
                numbers = [(log.at_ms // 1000, number) for number in numbers_in(log, measure)]
                if numbers:
                    samples.setdefault(_facets(log), []).extend(numbers)
        for tags, each in samples.items():
            yield Series(metric, tags, [at for at, _ in each], [number for _, number in each], "gauge", 1)


def _facets(log: LogRecord) -> frozenset[str]:
    """What a monitor may group by: tags, reserved attributes and the attributes of the message."""
    reserved = {"service": log.service, "source": log.source, "host": log.host, "status": log.status}
    named = {f"{name}:{value}".lower() for name, value in reserved.items() if value}
    return frozenset(log.tags | named | set(_attributes("", log.attributes)))


def _attributes(prefix: str, given: Mapping[str, Any]) -> Iterator[str]:
    for name, value in given.items():
        path = f"{prefix}{name}".lower()
        if isinstance(value, Mapping):
            yield from _attributes(f"{path}.", value)
        elif isinstance(value, str | int | float | bool) and len(str(value)) <= _LONGEST_VALUE:
            yield f"{path}:{value}".lower()
