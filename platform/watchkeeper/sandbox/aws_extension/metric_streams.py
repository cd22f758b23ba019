"""CloudWatch metric streams: the type, and the stream's records in OpenTelemetry 1.0 to Firehose.

Format: CloudWatch user guide, "OpenTelemetry 1.0.0 format", read 2026-11.
"""

import json
import math
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import cloudwatch, firehose
from ministack.services.cloudformation import provisioners
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from . import firehose_buffer
from .clock import CLOCK
from .http_delivery import FAULTS

STREAMS = AccountRegionScopedDict()
_PERIOD_S = 60
_HOUR_S = 3600
_LATEST_S = 2 * _HOUR_S
"""Data that come later than this are not streamed."""
_CONTINUE = 0x80


@dataclass(frozen=True)
class Datum:
    """What a service published for one minute, in one datapoint or several. at: its beginning.

    quantiles: by their name, such as `p99`.
    """

    namespace: str
    name: str
    dimensions: Mapping[str, str]
    at: float
    unit: str
    count: float
    total: float
    smallest: float
    largest: float
    quantiles: Mapping[str, float] = field(default_factory=dict)


QUEUE: list[Datum] = []


def publish(namespace: str, metrics: Iterable[Mapping[str, Any]]) -> None:
    """A service's own metrics: into CloudWatch as they are, and into the queue of the streams by the minute."""
    for each in metrics:
        count = float(each.get("count", 1))
        smallest, largest = float(each["min"]), float(each["max"])
        stats = {"SampleCount": count, "Sum": float(each["sum"]), "Minimum": smallest, "Maximum": largest}
        dimensions = dict(each["dimensions"])
        at = float(each["at"])
        _plain_store(namespace, each["name"], dimensions, at, each["unit"], None, None, None, stats)
        datum = Datum(
            namespace, each["name"], dimensions, at - at % _PERIOD_S, each["unit"], count, float(each["sum"]),
            smallest, largest, dict(each.get("quantiles") or {}),
        )  # fmt: skip
        if at % _PERIOD_S:
            _merge(datum)
        else:
            QUEUE.append(datum)


def _merge(later: Datum) -> None:
    """Add a datapoint from within a minute to those before: a stream tells a minute as one."""
    for index, datum in enumerate(QUEUE):
        if (datum.namespace, datum.name, datum.dimensions, datum.at) == (
            later.namespace, later.name, later.dimensions, later.at,
        ):  # fmt: skip
            QUEUE[index] = replace(
                datum,
                count=datum.count + later.count,
                total=datum.total + later.total,
                smallest=min(datum.smallest, later.smallest),
                largest=max(datum.largest, later.largest),
            )
            return
    QUEUE.append(later)


def store(
    namespace: str,
    name: str,
    dimensions: Mapping[str, str],
    at: float,
    unit: str,
    value: float | None,
    values: Sequence[float] | None,
    counts: Sequence[float] | None,
    stats: Mapping[str, float] | None,
) -> None:
    """What anybody puts with PutMetricData: into CloudWatch, and into the queue of the streams."""
    _plain_store(namespace, name, dimensions, at, unit, value, values, counts, stats)
    given = [float(each) for each in values] if values is not None else [float(value or 0)]
    weights = [float(each) for each in counts or [1.0] * len(given)]
    found = stats or {
        "SampleCount": sum(weights),
        "Sum": sum(one * weight for one, weight in zip(given, weights, strict=False)),
        "Minimum": min(given, default=0.0),
        "Maximum": max(given, default=0.0),
    }
    count, total, smallest, largest = (
        float(found.get(key, 0.0)) for key in ("SampleCount", "Sum", "Minimum", "Maximum")
    )
    minute = at - at % _PERIOD_S
    QUEUE.append(Datum(namespace, name, dict(dimensions), minute, unit, count, total, smallest, largest))


def deliver() -> dict[str, Any]:
    """Send what came in since the last call through every running stream, and what Firehose still holds.

    delivered, waiting, backed_up: Firehose records, of a metric stream each with its data of one call. streams: what
    became of them, by delivery stream. While the streams are stopped everything waits.
    """
    waiting, QUEUE[:] = list(QUEUE), []
    reasons = []
    oldest = CLOCK.time() - _LATEST_S
    for stream in STREAMS.values():
        chosen = [datum for datum in waiting if datum.at >= oldest and _includes(stream, datum)]
        if stream["State"] != "running" or not chosen:
            continue
        arn = str(stream["FirehoseArn"])
        delivery = firehose._streams.get(arn.rpartition("/")[2])
        if delivery is None:
            reasons.append(f"the delivery stream {arn} does not exist")
        else:
            firehose_buffer.put(delivery, [encode(stream, chosen)])
    is_stopped = "firehose-stopped" in FAULTS
    done = firehose_buffer.deliver(firehose._streams.values(), is_stopped=is_stopped)
    reasons += ["the delivery streams are stopped"] if is_stopped else done.reasons
    told = {name: done.total(name) for name in ("delivered", "waiting", "backed_up")}
    streams = {name: asdict(figures) for name, figures in done.streams.items()}
    return {**told, "streams": streams, "reason": "; ".join(dict.fromkeys(reasons))}


def _includes(stream: Mapping[str, Any], datum: Datum) -> bool:
    wanted = stream.get("IncludeFilters") or []
    unwanted = stream.get("ExcludeFilters") or []
    if any(each["Namespace"] == datum.namespace for each in unwanted):
        return False
    return not wanted or any(
        each["Namespace"] == datum.namespace and (not each.get("MetricNames") or datum.name in each["MetricNames"])
        for each in wanted
    )


def _extra(stream: Mapping[str, Any], datum: Datum) -> list[str]:
    """The percentiles that the stream is configured to carry."""
    return [
        name
        for each in stream.get("StatisticsConfigurations") or []
        for metric in each["IncludeMetrics"]
        if (metric["Namespace"], metric["MetricName"]) == (datum.namespace, datum.name)
        for name in each["AdditionalStatistics"]
    ]


def encode(stream: Mapping[str, Any], data: Iterable[Datum]) -> bytes:
    """Data as one length-delimited ExportMetricsServiceRequest of summaries."""
    request = ExportMetricsServiceRequest()
    resource = request.resource_metrics.add()
    for name, value in (
        ("cloud.provider", "aws"),
        ("cloud.account.id", get_account_id()),
        ("cloud.region", get_region()),
        ("aws.exporter.arn", stream["Arn"]),
    ):
        resource.resource.attributes.append(_pair(name, value))
    scope = resource.scope_metrics.add()
    for datum in data:
        metric = scope.metrics.add()
        metric.name = f"amazonaws.com/{datum.namespace}/{datum.name}"
        metric.unit = datum.unit
        point = metric.summary.data_points.add()
        point.start_time_unix_nano = int(datum.at * 1e9)
        point.time_unix_nano = int((datum.at + _PERIOD_S) * 1e9)
        point.count = int(datum.count)
        point.sum = datum.total
        quantiles = {0.0: datum.smallest, 1.0: datum.largest}
        quantiles |= {
            float(name[1:]) / 100: datum.quantiles[name] for name in _extra(stream, datum) if name in datum.quantiles
        }
        for quantile, value in sorted(quantiles.items()):
            point.quantile_values.add(quantile=quantile, value=value)
        point.attributes.append(_pair("Namespace", datum.namespace))
        point.attributes.append(_pair("MetricName", datum.name))
        dimensions = AnyValue()
        dimensions.kvlist_value.values.extend(_pair(name, value) for name, value in datum.dimensions.items())
        point.attributes.append(KeyValue(key="Dimensions", value=dimensions))
    raw: bytes = request.SerializeToString()
    return _varint(len(raw)) + raw


def _pair(name: str, value: str) -> KeyValue:
    return KeyValue(key=name, value=AnyValue(string_value=str(value)))


def _varint(number: int) -> bytes:
    found = bytearray()
    while number >= _CONTINUE:
        found.append(number % _CONTINUE | _CONTINUE)
        number >>= 7
    found.append(number)
    return bytes(found)


def create_stream(logical_id: str, props: Mapping[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
    """AWS::CloudWatch::MetricStream."""
    name = str(props.get("Name") or f"{stack}-{logical_id}-{uuid.uuid4().hex[:8]}")
    arn = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:metric-stream/{name}"
    STREAMS[name] = {**props, "Name": name, "Arn": arn, "State": "running"}
    return name, {"Arn": arn, "State": "running"}


def _told(stream: Mapping[str, Any]) -> dict[str, Any]:
    """A stream as GetMetricStream tells it."""
    names = ("Name", "Arn", "State", "FirehoseArn", "RoleArn", "OutputFormat", "IncludeFilters", "ExcludeFilters")
    found = {name: stream[name] for name in (*names, "StatisticsConfigurations") if name in stream}
    return {**found, "IncludeLinkedAccountsMetrics": False}


async def _serve(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
) -> tuple[int, dict[str, str], bytes]:
    """GetMetricStream and ListMetricStreams, in the protocol of current clients; everything else is ministack's."""
    action = headers.get("x-amz-target", "").rpartition(".")[2] or path.rpartition("/operation/")[2]
    if action not in ("GetMetricStream", "ListMetricStreams"):
        answer: tuple[int, dict[str, str], bytes] = await _plain_serve(method, path, headers, body, query)
        return answer
    if action == "ListMetricStreams":
        found = {"Entries": [_told(stream) for stream in STREAMS.values()]}
    else:
        name = json.loads(body or b"{}").get("Name")
        if name not in STREAMS:
            text = f"MetricStream {name} does not exist"
            refused: tuple[int, dict[str, str], bytes] = cloudwatch._error(
                "ResourceNotFoundException", text, 404, use_json=True, use_cbor=False
            )
            return refused
        found = _told(STREAMS[name])
    done: tuple[int, dict[str, str], bytes] = cloudwatch._json_ok(found)
    return done


_plain_serve = cloudwatch.handle_request
_plain_store = cloudwatch._store_datum


def reset() -> None:
    """Forget everything."""
    STREAMS._data.clear()
    QUEUE.clear()
    FAULTS.clear()
    firehose_buffer.reset()


def _forget_hourly(plain: Callable[[], None]) -> Callable[[], None]:
    """Datapoints older than two weeks go once an hour; ministack looks through all of them at every request."""
    due = -math.inf

    def forget() -> None:
        nonlocal due
        now = CLOCK.time()
        if not due - _HOUR_S <= now < due:  # also when time was set back
            plain()
            due = now + _HOUR_S

    return forget


def register() -> None:
    """Add the type and its two operations; datapoints are forgotten by virtual time."""
    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::MetricStream"] = {
        "create": create_stream,
        "delete": lambda physical_id, _props: STREAMS.pop(physical_id, None),
    }
    cloudwatch.handle_request = _serve
    cloudwatch._store_datum = store
    cloudwatch._evict_old_metrics = _forget_hourly(cloudwatch._evict_old_metrics)
