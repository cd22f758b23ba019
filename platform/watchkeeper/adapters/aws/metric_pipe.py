"""The deployed metric pipe: CloudWatch's stream, Firehose, its log and its bucket of failed data."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from watchkeeper.adapters.aws.refusals import Refusals
from watchkeeper.forwarding.canary import METRIC, Heartbeat, Pipe
from watchkeeper.forwarding.model import CANARY_NAMESPACE

SERVICES: Final = ("cloudwatch", "firehose", "logs", "s3")
_HOUR_S: Final = 3600


class MetricPipe:
    """Reads and feeds the pipe of one account and region. clients: of boto3, by SERVICES. Raises RemoteError."""

    def __init__(self, clients: Mapping[str, Any]) -> None:
        self._clients = clients

    def pipe(self, namespace: str, metric: str) -> Pipe | None:
        """The stream that carries a metric, a running one first."""
        found = []
        for page in self._pages("cloudwatch", "list_metric_streams", {}, "Entries"):
            stream = self._call("cloudwatch", "get_metric_stream", Name=page["Name"])
            if _carries(stream, namespace, metric):
                found.append(self._described(stream))
        return min(found, key=lambda each: each.state != "running", default=None)

    def put(self, heartbeat: Heartbeat) -> None:
        """Put the datum into CloudWatch."""
        datum = {
            "MetricName": METRIC,
            "Dimensions": [{"Name": name, "Value": value} for name, value in heartbeat.dimensions.items()],
            "Timestamp": datetime.fromtimestamp(heartbeat.at, UTC),
            "Value": heartbeat.value,
            "Unit": "None",
        }
        self._call("cloudwatch", "put_metric_data", Namespace=CANARY_NAMESPACE, MetricData=[datum])

    def errors(self, pipe: Pipe, since: int) -> Sequence[str]:
        """What Firehose said of failed deliveries, oldest first."""
        if not pipe.group:
            return []
        asked = {"logGroupName": pipe.group, "startTime": since * 1000}
        return [_message(each["message"]) for each in self._pages("logs", "filter_log_events", asked, "events")]

    def backed_up(self, pipe: Pipe, since: int) -> int:
        """Records that came in since then and lie in the bucket of failed data."""
        if not pipe.bucket:
            return 0
        folder = f"{pipe.prefix}http-endpoint-failed/"
        first = f"{folder}{datetime.fromtimestamp(since, UTC):%Y/%m/%d/%H}"
        asked = {"Bucket": pipe.bucket, "Prefix": folder, "StartAfter": first}
        return sum(
            1
            for each in self._pages("s3", "list_objects_v2", asked, "Contents")
            for record in self._records(pipe.bucket, each["Key"])
            if record["arrivalTimestamp"] >= since * 1000
        )

    def _records(self, bucket: str, key: str) -> Iterator[Mapping[str, Any]]:
        raw = self._call("s3", "get_object", Bucket=bucket, Key=key)["Body"].read()
        text = gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
        yield from (json.loads(line) for line in text.splitlines() if line.strip())

    def _described(self, stream: Mapping[str, Any]) -> Pipe:
        name = str(stream["FirehoseArn"]).rpartition("/")[2]
        answer = self._call("firehose", "describe_delivery_stream", DeliveryStreamName=name)
        destinations = answer["DeliveryStreamDescription"].get("Destinations") or [{}]
        told = destinations[0].get("HttpEndpointDestinationDescription") or {}
        backup = told.get("S3DestinationDescription") or {}
        return Pipe(
            stream=stream["Name"],
            state=stream["State"],
            delivery=name,
            group=(told.get("CloudWatchLoggingOptions") or {}).get("LogGroupName", ""),
            bucket=str(backup.get("BucketARN", "")).rpartition(":")[2],
            prefix=backup.get("Prefix", ""),
        )

    def _pages(self, service: str, operation: str, asked: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
        client = self._clients[service]
        if not client.can_paginate(operation):
            yield from self._call(service, operation, **asked).get(key, [])
            return
        with Refusals(service):
            for page in client.get_paginator(operation).paginate(**asked):
                yield from page.get(key, [])

    def _call(self, service: str, operation: str, **asked: Any) -> Any:  # noqa: ANN401 - boto3 has no types
        with Refusals(service):
            return getattr(self._clients[service], operation)(**asked)


def _carries(stream: Mapping[str, Any], namespace: str, metric: str) -> bool:
    def names(filters: str) -> list[Mapping[str, Any]]:
        return [each for each in stream.get(filters) or [] if each.get("Namespace") == namespace]

    if any(not each.get("MetricNames") or metric in each["MetricNames"] for each in names("ExcludeFilters")):
        return False
    if not stream.get("IncludeFilters"):
        return True
    return any(not each.get("MetricNames") or metric in each["MetricNames"] for each in names("IncludeFilters"))


def _message(text: str) -> str:
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return text
