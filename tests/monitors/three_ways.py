"""A monitor on series, three ways: as a unit test plays it, as a backtest replays it, as the sandbox evaluates it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from watchkeeper.monitors.alerting import run_monitor
from watchkeeper.monitors.downtime import Downtime
from watchkeeper.monitors.memory import MonitorMemory
from watchkeeper.monitors.replay import replay_monitor
from watchkeeper.monitors.state import Transition
from watchkeeper.query.recorded import RecordedSeries, recorded
from watchkeeper.query.series import MemorySeries, Series
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.app import DatadogSandbox
from watchkeeper.sandbox.datadog.log_store import LogRecord


def three_ways(
    definition: dict[str, Any],
    given: Sequence[Series],
    start: int,
    end: int,
    downtimes: Collection[Downtime] = (),
) -> tuple[Transition, ...]:
    """The transitions in (start, end], which all three have in common; the sandbox hands out those that are told."""
    body = {"name": "m", "message": "", "tags": [], "options": {}, **definition}
    source, memory, tested = MemorySeries(given), MonitorMemory(), list[Transition]()
    for at in range(start + 60, end + 1, 60):
        memory, new = run_monitor(body, memory, source, at, downtimes=downtimes)
        tested += new
    recording = recorded(given)
    replayed = replay_monitor(body, recording, start, end, downtimes=downtimes)

    assert by_time(replayed.transitions) == by_time(tested)
    assert replayed.memory == memory
    if not downtimes:
        assert by_time(in_sandbox(body, recording, start, end)) == [each for each in by_time(tested) if each.notifies]
    return tuple(tested)


def by_time(transitions: Collection[Transition]) -> list[Transition]:
    return sorted(transitions, key=lambda each: (each.at, each.is_bundle, each.group))


def in_sandbox(body: dict[str, Any], recording: RecordedSeries, start: int, end: int) -> list[Transition]:
    """What the sandbox tells people, minute by minute."""
    clock = Clock(start)
    datadog = DatadogSandbox(clock, api_key="key", app_key="app")
    datadog.store.put("monitor", "1", {**body, "id": 1}, 1)
    for metric in recording.metrics:
        for track in recording.tracks(metric):
            for at, value in zip(track.timestamps.tolist(), track.values.tolist(), strict=True):
                if metric.startswith("logs("):
                    for _ in range(int(value)):
                        datadog.store.logs.add(log(datadog.store.logs.next_id(), metric, track.tags, at))
                else:
                    series = datadog.store.series
                    series.add(metric, track.tags, at, value, kind=track.kind, interval_s=track.interval_s)
    told = []
    for at in range(start + 60, end + 1, 60):
        clock.now = at
        told += [notice.transition for notice in datadog.evaluate()]
    return told


def log(log_id: str, metric: str, tags: Collection[str], at: int) -> LogRecord:
    """One of the logs that a series stands for: what its tags say, and what the search that it is named after says."""
    search = metric.removeprefix('logs("').removesuffix('")')
    words = [*tags, *(search.split() if search != "*" else ())]
    named = dict(word.split(":", 1) for word in words if ":" in word)
    attributes = {key: value for key, value in named.items() if "." in key}
    return LogRecord(
        id=log_id,
        at_ms=at * 1000,
        message=" ".join(word for word in words if ":" not in word),
        service=named.get("service", ""),
        source="",
        host="",
        status=named.get("status", ""),
        tags=frozenset(tags),
        attributes={name: {inner: value} for (name, inner), value in _split(attributes)},
    )


def _split(attributes: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], str]]:
    for key, value in attributes.items():
        outer, _, inner = key.partition(".")
        yield (outer, inner), value
