"""What is written into logs in a minute: by the application, by Aurora PostgreSQL, by MSK's brokers, by the VPC. Pure.

Nobody writes millions of lines here: of the requests a sample is told, of the failed ones more. Formats: the example
application's own; PostgreSQL with Aurora's `log_line_prefix`; Kafka's log4j pattern; the VPC's version 2 record.
Sources: Aurora user guide "PostgreSQL database log files", VPC user guide "Flow log records", read 2026-11.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from watchkeeper.sandbox.workload import ServiceMinute

MINUTE_S: Final = 60
_SAMPLE: Final = 3
_FAILED_SAMPLE: Final = 10
_CHECKPOINT_S: Final = 300
_SCAN_S: Final = 180
_CLIENT: Final = "10.0.4.17(43210):app@app"
_STATEMENT: Final = "execute insert_order: INSERT INTO orders (id, item) VALUES ($1, $2)"
_SLOW: Final = 2.0
"""From this factor on statements take longer than `log_min_duration_statement`."""


@dataclass(frozen=True, slots=True)
class Line:
    """at_ms: Unix milliseconds."""

    at_ms: int
    text: str


def application_lines(service: str, env: str, minute: ServiceMinute, at: int) -> Iterator[Line]:
    """A sample of a service's requests, as structured lines. at: the beginning of the minute, Unix seconds."""
    answered = minute.requests - minute.lost
    succeeded = answered - minute.failed
    chosen = [200] * min(_SAMPLE, max(0, succeeded)) + [500] * min(_FAILED_SAMPLE, minute.failed)
    for index, status in enumerate(chosen):
        at_ms = at * 1000 + index * MINUTE_S * 1000 // max(1, len(chosen))
        trace = (at * 31 + index) * 2_654_435_761 % 2**63
        line = {
            "timestamp": _iso(at_ms),
            "status": "INFO" if status == 200 else "ERROR",  # noqa: PLR2004 - HTTP's own
            "message": "request",
            "service": service,
            "env": env,
            "http.method": "GET",
            "http.route": "/",
            "http.status_code": status,
            "duration_s": round(minute.latency_mean_s, 6),
            "dd.trace_id": str(trace),
        }
        yield Line(at_ms, json.dumps(line, separators=(",", ":")))


def database_lines(slowness: float, at: int, *, is_failing_over: bool) -> Iterator[Line]:
    """What Aurora PostgreSQL logs: a checkpoint now and then, slow statements, connections that a failover ends."""
    if at % _CHECKPOINT_S == 0:
        yield _postgres(at, 0, "", "LOG:  checkpoint complete: wrote 42 buffers (0.0%)")
    if slowness >= _SLOW:
        for index in range(3):
            took = 350.0 * slowness + index
            yield _postgres(at, index * 15, _CLIENT, f"LOG:  duration: {took:.3f} ms  {_STATEMENT}")
    if is_failing_over:
        text = "FATAL:  terminating connection due to administrator command"
        yield _postgres(at, 1, _CLIENT, text)


def broker_lines(broker: int, at: int) -> Iterator[Line]:
    """What a Kafka broker logs of its own accord."""
    if at % _CHECKPOINT_S == 0:
        stamp = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S,000")
        text = f"[{stamp}] INFO [GroupMetadataManager brokerId={broker}] Removed 0 expired offsets in 0 milliseconds."
        yield Line(at * 1000, f"{text} (kafka.coordinator.group.GroupMetadataManager)")


def flow_lines(account: str, interface: str, at: int) -> Iterator[Line]:
    """A visitor's connection that was accepted, and now and then one of a scanner that was not."""
    seen = [("198.51.100.7", 443, "ACCEPT"), *([("203.0.113.9", 22, "REJECT")] if at % _SCAN_S == 0 else [])]
    for source, port, action in seen:
        fields = (2, account, interface, source, "10.0.0.10", 49_152, port, 6, 4, 1840, at, at + MINUTE_S, action, "OK")
        yield Line(at * 1000, " ".join(str(field) for field in fields))


def _postgres(at: int, second: int, who: str, text: str) -> Line:
    stamp = datetime.fromtimestamp(at + second, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return Line((at + second) * 1000, f"{stamp}:{who}:[{1000 + second}]:{text}")


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
