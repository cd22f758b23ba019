"""`/api/v2/awsmetrics`: what CloudWatch metric streams deliver through Firehose, in OpenTelemetry 1.0.

Tags: the metric's dimensions, region and account, and the tags of the resources that the AWS integration has crawled.
"""

import base64
import gzip
import hmac
import json
import zlib
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.forwarding.naming import Summary, datadog_points
from watchkeeper.sandbox.datadog.aws_tags import AwsTags
from watchkeeper.sandbox.datadog.store import Store

PATH: Final = "/api/v2/awsmetrics"
_NAMES: Final = {0.5: "p50", 0.9: "p90", 0.95: "p95", 0.99: "p99"}


class AwsMetricsApi:
    """The intake. api_key: what Firehose must send as its access key. refuses_with: a fault's status, 0 for none."""

    def __init__(self, store: Store, tags: AwsTags, api_key: str) -> None:
        self._store = store
        self._tags = tags
        self._key = api_key
        self.received = 0
        self.refuses_with = 0

    def routes(self) -> list[Route]:
        """The one path."""
        return [Route(PATH, self._take, methods=["POST"])]

    async def _take(self, request: Request) -> Response:
        request_id = request.headers.get("x-amz-firehose-request-id", "")
        if not hmac.compare_digest(request.headers.get("x-amz-firehose-access-key", ""), self._key):
            return _answer(request_id, 403, "Forbidden")
        if self.refuses_with:
            return _answer(request_id, self.refuses_with, HTTPStatus(self.refuses_with).phrase)
        raw = await request.body()
        try:
            if request.headers.get("content-encoding") == "gzip":
                raw = gzip.decompress(raw)
            body = json.loads(raw)
            for record in body["records"]:
                for message in _messages(base64.b64decode(record["data"])):
                    self._keep(message)
        except (KeyError, ValueError, OSError, zlib.error) as err:
            return _answer(request_id, 400, f"the records cannot be read: {err}")
        return _answer(request_id, 200)

    def _keep(self, raw: bytes) -> None:
        request = ExportMetricsServiceRequest()
        request.ParseFromString(raw)
        for resource in request.resource_metrics:
            about = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
            place = {f"region:{about['cloud.region']}", f"aws_account:{about['cloud.account.id']}"}
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    for point in metric.summary.data_points:
                        self._keep_point(point, place)

    def _keep_point(self, point: Any, place: set[str]) -> None:  # noqa: ANN401 - generated class
        pairs = {pair.key: pair.value for pair in point.attributes}
        namespace, metric = pairs["Namespace"].string_value, pairs["MetricName"].string_value
        dimensions: Mapping[str, str] = {
            pair.key: pair.value.string_value for pair in pairs["Dimensions"].kvlist_value.values
        }
        quantiles = {round(each.quantile, 4): each.value for each in point.quantile_values}
        summary = Summary(
            point.count,
            point.sum,
            quantiles.get(0.0, 0.0),
            quantiles.get(1.0, 0.0),
            {_NAMES[key]: value for key, value in quantiles.items() if key in _NAMES},
        )
        own = {f"{name.lower()}:{value.lower()}" for name, value in dimensions.items()}
        tags = frozenset(own | place | self._tags.of(dimensions))
        at = point.start_time_unix_nano // 1_000_000_000
        for name, value, kind in datadog_points(namespace, metric, dimensions, summary):
            self._store.series.add(name, tags, at, value, kind=kind, interval_s=60)
            self.received += 1


def _messages(raw: bytes) -> Iterator[bytes]:
    """Length-delimited messages. Raises ValueError for a length that leads beyond the end."""
    at = 0
    while at < len(raw):
        length = shift = 0
        while True:
            byte = raw[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if at + length > len(raw):
            raise ValueError("a message is cut short")
        yield raw[at : at + length]
        at += length


def _answer(request_id: str, status: int, error: str = "") -> Response:
    body: dict[str, Any] = {"requestId": request_id, "timestamp": 0}
    if error:
        body["errorMessage"] = error
    return JSONResponse(body, status_code=status)
