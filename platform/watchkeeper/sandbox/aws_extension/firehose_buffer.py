"""What Firehose holds until an HTTP endpoint takes it: repeated within the retry duration, then put into the bucket.

Each failed attempt is an event in the stream's log; nothing is dropped. Sources: Firehose developer guide, "Handle data
delivery failures" and "Troubleshooting HTTP endpoints", read 2026-11. One attempt a virtual minute.
"""

import base64
import gzip
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ministack.services import cloudwatch_logs, s3

from .clock import CLOCK
from .http_delivery import send, settings_of

_DEFAULT_RETRY_S = 300
_DEFAULT_MIB = 5
_MIB = 1024 * 1024
_HEALTHY_S = 60
_OK = 200


@dataclass
class Batch:
    """One request. arrived: virtual time; failed_since: of the first attempt that failed."""

    records: list[bytes]
    arrived: float
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempts: int = 0
    failed_since: float | None = None
    code: str = ""
    reason: str = ""

    @property
    def size(self) -> int:
        """Bytes of its records."""
        return sum(len(record) for record in self.records)


@dataclass
class Figures:
    """One stream in one round. attempts, succeeded: requests. The others: records.

    oldest_s: age of the oldest record that waits afterwards; a healthy stream's is its buffer's.
    """

    attempts: int = 0
    succeeded: int = 0
    delivered: int = 0
    waiting: int = 0
    backed_up: int = 0
    oldest_s: float = _HEALTHY_S


@dataclass
class Done:
    """One round. streams: by name, those that had something to do. reasons: why attempts failed."""

    streams: dict[str, Figures] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    def total(self, name: str) -> int:
        """A figure of all streams."""
        return sum(getattr(each, name) for each in self.streams.values())


WAITING: dict[str, list[Batch]] = {}


def put(delivery: Mapping[str, Any], records: Sequence[bytes]) -> None:
    """Take records for a delivery stream; those of one minute go together, as far as the stream's buffer holds."""
    waiting = WAITING.setdefault(str(delivery["arn"]), [])
    hints = (settings_of(delivery) or {}).get("BufferingHints") or {}
    limit = int(hints.get("SizeInMBs", _DEFAULT_MIB)) * _MIB
    now = CLOCK.time()
    for record in records:
        last = waiting[-1] if waiting else None
        if last and not last.attempts and last.arrived == now and last.size + len(record) <= limit:
            last.records.append(record)
        else:
            waiting.append(Batch([record], now))


def deliver(deliveries: Iterable[Mapping[str, Any]], *, is_stopped: bool = False) -> Done:
    """One attempt for everything that waits. is_stopped: none is made, and everything stays."""
    done = Done()
    for delivery in list(deliveries):
        arn = str(delivery["arn"])
        waiting = WAITING.pop(arn, [])
        if not waiting:
            continue
        figures = done.streams[str(delivery["name"])] = Figures()
        left = waiting if is_stopped else [each for each in waiting if not _is_settled(delivery, each, done, figures)]
        if left:
            WAITING[arn] = left
            figures.waiting = sum(len(batch.records) for batch in left)
            figures.oldest_s = max(_HEALTHY_S, *(CLOCK.time() - batch.arrived for batch in left))
    return done


def _is_settled(delivery: Mapping[str, Any], batch: Batch, done: Done, figures: Figures) -> bool:
    now = CLOCK.time()
    settings = settings_of(delivery) or {}
    retry_s = float((settings.get("RetryOptions") or {}).get("DurationInSeconds", _DEFAULT_RETRY_S))
    if batch.failed_since is None or now - batch.failed_since <= retry_s:
        batch.attempts += 1
        figures.attempts += 1
        batch.code, batch.reason = send(delivery, batch.records, batch.request_id)
        if not batch.code:
            figures.succeeded += 1
            figures.delivered += len(batch.records)
            return True
        batch.failed_since = now if batch.failed_since is None else batch.failed_since
        _tell(delivery, settings, batch)
    done.reasons.append(batch.reason)
    # What can be written nowhere stays: Firehose pauses the stream then.
    if now - batch.failed_since >= retry_s and _back_up(delivery, settings, batch):
        figures.backed_up += len(batch.records)
        return True
    return False


def _tell(delivery: Mapping[str, Any], settings: Mapping[str, Any], batch: Batch) -> None:
    """The failed attempt in the log that the stream names."""
    options = settings.get("CloudWatchLoggingOptions") or {}
    if str(options.get("Enabled", False)).lower() != "true":
        return
    message = {
        "deliveryStreamARN": delivery["arn"],
        "destination": str(settings.get("EndpointConfiguration", {}).get("Url", "")).partition("?")[0],
        "deliveryStreamVersionId": 1,
        "message": batch.reason,
        "errorCode": batch.code,
    }
    cloudwatch_logs._put_log_events(
        {
            "logGroupName": options.get("LogGroupName"),
            "logStreamName": options.get("LogStreamName"),
            "logEvents": [{"timestamp": int(CLOCK.time() * 1000), "message": json.dumps(message)}],
        }
    )


def _back_up(delivery: Mapping[str, Any], settings: Mapping[str, Any], batch: Batch) -> bool:
    """One object with a line for each record; gives whether the bucket took it."""
    target = settings.get("S3Configuration") or {}
    bucket = str(target.get("BucketARN", "")).rpartition(":")[2]
    at = datetime.fromtimestamp(CLOCK.time(), UTC)
    lines = [
        {
            "attemptsMade": batch.attempts,
            "arrivalTimestamp": int(batch.arrived * 1000),
            "errorCode": batch.code,
            "errorMessage": batch.reason,
            "attemptEndingTimestamp": int(CLOCK.time() * 1000),
            "rawData": base64.b64encode(record).decode(),
        }
        for record in batch.records
    ]
    body = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    ending = ""
    if target.get("CompressionFormat") == "GZIP":
        body, ending = gzip.compress(body), ".gz"
    name = f"{delivery['name']}-1-{at:%Y-%m-%d-%H-%M-%S}-{batch.request_id}{ending}"
    key = f"{target.get('Prefix', '')}http-endpoint-failed/{at:%Y/%m/%d/%H}/{name}"
    return bool(s3._put_object(bucket, key, body, {})[0] == _OK)


def reset() -> None:
    """Forget everything."""
    WAITING.clear()
