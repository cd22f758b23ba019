"""How many records a second the sandbox's intake of Firehose takes: metrics as summaries, and logs."""

import base64
import gzip
import json
import time
from collections.abc import Callable
from typing import Final

import httpx
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from benchmarks.figure import Benchmark
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.app import DatadogSandbox
from watchkeeper.sandbox.serving import Server

_NOW: Final = 1_764_000_000
_KEY: Final = "0" * 32
_REQUESTS: Final = 20
_SUMMARIES, _LINES = 500, 1000


def _send(path: str, record: Callable[[int], bytes]) -> float:
    """Wall seconds for all requests, each with one record, over HTTP."""
    datadog = DatadogSandbox(Clock(_NOW), api_key=_KEY, app_key="app")
    bodies = []
    for number in range(_REQUESTS):
        data = base64.b64encode(record(number)).decode()
        bodies.append(gzip.compress(json.dumps({"requestId": "r", "records": [{"data": data}]}).encode(), 1))
    headers = {
        "X-Amz-Firehose-Access-Key": _KEY,
        "X-Amz-Firehose-Request-Id": "r",
        "X-Amz-Firehose-Common-Attributes": '{"commonAttributes": {"env": "prod", "source": "postgresql"}}',
        "Content-Encoding": "gzip",
    }
    with Server(datadog.app) as server, httpx.Client(base_url=server.url, trust_env=False) as http:
        started = time.perf_counter()
        for body in bodies:
            http.post(path, content=body, headers=headers).raise_for_status()
        return time.perf_counter() - started


def _summaries(number: int) -> bytes:
    """One length-delimited message, as a metric stream writes it."""
    request = ExportMetricsServiceRequest()
    resource = request.resource_metrics.add()
    for name, place in (("cloud.region", "eu-west-1"), ("cloud.account.id", "111111111111")):
        resource.resource.attributes.append(KeyValue(key=name, value=AnyValue(string_value=place)))
    scope = resource.scope_metrics.add()
    for index in range(_SUMMARIES):
        point = scope.metrics.add().summary.data_points.add()
        point.start_time_unix_nano = (_NOW + number * 60) * 10**9
        point.count, point.sum = 60, 600.0
        for quantile, value in ((0.0, 1.0), (1.0, 20.0)):
            point.quantile_values.add(quantile=quantile, value=value)
        for name, text in (("Namespace", "AWS/RDS"), ("MetricName", "CPUUtilization")):
            point.attributes.append(KeyValue(key=name, value=AnyValue(string_value=text)))
        dimensions = AnyValue()
        pair = KeyValue(key="DBInstanceIdentifier", value=AnyValue(string_value=f"db-{index}"))
        dimensions.kvlist_value.values.append(pair)
        point.attributes.append(KeyValue(key="Dimensions", value=dimensions))
    raw: bytes = request.SerializeToString()
    length, prefix = len(raw), bytearray()
    while length >= 0x80:  # noqa: PLR2004 - seven bits a byte
        prefix.append(length % 0x80 | 0x80)
        length >>= 7
    return bytes([*prefix, length]) + raw


def _lines(number: int) -> bytes:
    """A record of CloudWatch Logs."""
    events = [
        {"id": str(index), "timestamp": (_NOW - number) * 1000, "message": f"LOG:  duration: {index}.000 ms  SELECT 1"}
        for index in range(_LINES)
    ]
    about = {"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "/aws/rds/cluster/x/postgresql"}
    return gzip.compress(json.dumps({**about, "logStream": "writer", "logEvents": events}).encode(), 1)


def _per_thousand_summaries() -> float:
    return _send("/api/v2/awsmetrics", _summaries) * 1000 * 1000 / (_REQUESTS * _SUMMARIES)


def _per_thousand_lines() -> float:
    return _send("/v1/input", _lines) * 1000 * 1000 / (_REQUESTS * _LINES)


BENCHMARKS: Final = (
    Benchmark("intake, 1,000 summaries of a metric stream", _per_thousand_summaries, 400, "ms"),
    Benchmark("intake, 1,000 logs from Firehose", _per_thousand_lines, 200, "ms"),
)
