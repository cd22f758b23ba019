"""What every deployed way through Firehose can be asked: its settings, its log, and its bucket of failed data."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from watchkeeper.adapters.aws.refusals import Refusals
from watchkeeper.forwarding.canary import Pipe

SERVICES: Final = ("cloudwatch", "firehose", "logs", "s3")


class FirehosePipe:
    """Reads one account and region. clients: of boto3, by SERVICES. Raises RemoteError."""

    def __init__(self, clients: Mapping[str, Any]) -> None:
        self._clients = clients

    def errors(self, pipe: Pipe, since: int) -> Sequence[str]:
        """What Firehose said of failed deliveries, oldest first."""
        if not pipe.group:
            return []
        asked: dict[str, Any] = {"logGroupName": pipe.group, "startTime": since * 1000}
        if pipe.errors:
            asked["logStreamNames"] = [pipe.errors]
        return [_message(each["message"]) for each in self.pages("logs", "filter_log_events", asked, "events")]

    def backed_up(self, pipe: Pipe, since: int) -> int:
        """Records that came in since then and lie in the bucket of failed data."""
        if not pipe.bucket:
            return 0
        folder = f"{pipe.prefix}http-endpoint-failed/"
        first = f"{folder}{datetime.fromtimestamp(since, UTC):%Y/%m/%d/%H}"
        asked = {"Bucket": pipe.bucket, "Prefix": folder, "StartAfter": first}
        return sum(
            1
            for each in self.pages("s3", "list_objects_v2", asked, "Contents")
            for record in self._records(pipe.bucket, each["Key"])
            if record["arrivalTimestamp"] >= since * 1000
        )

    def _records(self, bucket: str, key: str) -> Iterator[Mapping[str, Any]]:
        raw = self.call("s3", "get_object", Bucket=bucket, Key=key)["Body"].read()
        text = gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
        yield from (json.loads(line) for line in text.splitlines() if line.strip())

    def described(self, stream: str, state: str, delivery_arn: str) -> Pipe:
        """A way whose delivery stream is known. stream, state: of what takes data in."""
        name = delivery_arn.rpartition("/")[2]
        answer = self.call("firehose", "describe_delivery_stream", DeliveryStreamName=name)
        destinations = answer["DeliveryStreamDescription"].get("Destinations") or [{}]
        told = destinations[0].get("HttpEndpointDestinationDescription") or {}
        backup, log = told.get("S3DestinationDescription") or {}, told.get("CloudWatchLoggingOptions") or {}
        return Pipe(
            stream=stream,
            state=state,
            delivery=name,
            group=log.get("LogGroupName", ""),
            errors=log.get("LogStreamName", ""),
            bucket=str(backup.get("BucketARN", "")).rpartition(":")[2],
            prefix=backup.get("Prefix", ""),
        )

    def pages(self, service: str, operation: str, asked: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
        """Everything that a listing tells."""
        client = self._clients[service]
        if not client.can_paginate(operation):
            yield from self.call(service, operation, **asked).get(key, [])
            return
        with Refusals(service):
            for page in client.get_paginator(operation).paginate(**asked):
                yield from page.get(key, [])

    def call(self, service: str, operation: str, **asked: Any) -> Any:  # noqa: ANN401 - boto3 has no types
        """One request."""
        with Refusals(service):
            return getattr(self._clients[service], operation)(**asked)


def _message(text: str) -> str:
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return text
