"""The one event record: what happened, when, to what.

Monitor transitions, pages, deploys, scaling activities, failovers and injected faults share it;
the sandbox, the simulator, the incident page and the post-mortem export all read and write it.
On disk it is JSON lines, one event a line, sorted by time.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal, cast, get_args

EventKind = Literal[
    "monitor", "page", "notification", "scaling", "deploy", "failover", "fault", "forwarding", "workload", "note"
]


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened.

    at: Unix seconds, UTC. kind: what sort of event. source: who reports it (a monitor's id, an AWS resource id, a
    PagerDuty service). title: one sentence. env, service: empty where the event belongs to none.
    detail: JSON values, the evidence (states, counts, ids). url: where to look.
    """

    at: int
    kind: EventKind
    source: str
    title: str
    env: str = ""
    service: str = ""
    detail: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    url: str = ""


def to_json_lines(events: Iterable[TimelineEvent]) -> str:
    """Events as JSON lines, sorted by time; events of one instant keep their order."""
    ordered = sorted(events, key=lambda event: event.at)
    return "".join(json.dumps(as_record(event), ensure_ascii=False) + "\n" for event in ordered)


def as_record(event: TimelineEvent) -> dict[str, object]:
    """The JSON form of one event; `at` as RFC 3339 in UTC, empty fields left out."""
    record: dict[str, object] = {"at": utc_text(event.at), "kind": event.kind, "source": event.source}
    record["title"] = event.title
    if event.env:
        record["env"] = event.env
    if event.service:
        record["service"] = event.service
    if event.detail:
        record["detail"] = dict(event.detail)
    if event.url:
        record["url"] = event.url
    return record


def from_json_lines(text: str) -> Iterator[TimelineEvent]:
    """Events of a JSON lines text. Raises ValueError that names the line."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _from_record(json.loads(line))
        except (KeyError, TypeError, ValueError) as err:
            raise ValueError(f"line {number}: not a timeline event: {err}") from err


def _from_record(record: dict[str, object]) -> TimelineEvent:
    kind = record["kind"]
    if kind not in get_args(EventKind):
        raise ValueError(f"unknown kind {kind!r}")
    detail = record.get("detail", {})
    if not isinstance(detail, dict):
        raise TypeError("`detail` is not an object")
    return TimelineEvent(
        at=_seconds(record["at"]),
        kind=cast("EventKind", kind),
        source=str(record["source"]),
        title=str(record["title"]),
        env=str(record.get("env", "")),
        service=str(record.get("service", "")),
        detail=MappingProxyType(detail),
        url=str(record.get("url", "")),
    )


def _seconds(at: object) -> int:
    if isinstance(at, int):
        return at
    return int(datetime.fromisoformat(str(at)).timestamp())


def utc_text(at: int) -> str:
    """Unix seconds as RFC 3339 in UTC, to the second: `2026-11-24T14:03:00Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
