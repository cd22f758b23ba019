"""What Datadog calls a CloudWatch metric, and how its statistics arrive. Pure.

Rule and exceptions: Datadog's integration pages for ALB, ECS, RDS and Amazon Data Firehose, checked on 22 names,
read 2026-11. The bare name is the average of a gauge and the sum of a counter.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["gauge", "count"]
_BEFORE_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z0-9])(?=[0-9])")
_COUNTS: Final[Mapping[str, frozenset[str]]] = {
    "AWS/ApplicationELB": frozenset(
        {
            "ClientTLSNegotiationErrorCount",
            "HTTPCode_ELB_4XX_Count",
            "HTTPCode_ELB_5XX_Count",
            "HTTPCode_Target_2XX_Count",
            "HTTPCode_Target_3XX_Count",
            "HTTPCode_Target_4XX_Count",
            "HTTPCode_Target_5XX_Count",
            "NewConnectionCount",
            "ProcessedBytes",
            "RejectedConnectionCount",
            "RequestCount",
            "TargetConnectionErrorCount",
        }
    ),
    "AWS/RDS": frozenset({"Deadlocks"}),
}
_SUMMED: Final = frozenset({("AWS/ApplicationELB", "RequestCountPerTarget")})
"""Gauges whose only sensible statistic is the sum."""
_NO_BARE_NAME: Final = frozenset({("AWS/ApplicationELB", "TargetResponseTime")})


@dataclass(frozen=True, slots=True)
class Summary:
    """One minute of a metric as a metric stream carries it. percentiles: by their name, such as `p99`."""

    count: float
    total: float
    smallest: float
    largest: float
    percentiles: Mapping[str, float]


def datadog_name(namespace: str, metric: str, dimensions: Mapping[str, str]) -> str:
    """Such as `aws.applicationelb.httpcode_target_5xx` of `AWS/ApplicationELB` and `HTTPCode_Target_5XX_Count`.

    Namespaces that are not AWS's own keep their name: `ecs.containerinsights.cpu_utilized` of `ECS/ContainerInsights`.
    """
    words = _words(metric)
    if not namespace.startswith("AWS/"):
        return f"{namespace.replace('/', '.').lower()}.{words}"
    service = namespace.removeprefix("AWS/").lower()
    if service == "ecs":
        service = "ecs.service" if "ServiceName" in dimensions else "ecs.cluster"
    return f"aws.{service}.{words}"


def _words(metric: str) -> str:
    if metric.startswith("HTTPCode_"):
        metric = metric.removesuffix("_Count")
    return _BEFORE_CAPITAL.sub("_", metric.replace(".", "_")).lower()


def datadog_points(
    namespace: str, metric: str, dimensions: Mapping[str, str], summary: Summary
) -> Iterator[tuple[str, float, Kind]]:
    """Every series that one summary becomes: name, value, kind."""
    name = datadog_name(namespace, metric, dimensions)
    if metric in _COUNTS.get(namespace, ()):
        yield name, summary.total, "count"
        return
    average = summary.total / summary.count if summary.count else 0.0
    if (namespace, metric) not in _NO_BARE_NAME:
        yield name, summary.total if (namespace, metric) in _SUMMED else average, "gauge"
    else:
        yield f"{name}.average", average, "gauge"
    yield f"{name}.maximum", summary.largest, "gauge"
    yield f"{name}.minimum", summary.smallest, "gauge"
    for percentile, value in summary.percentiles.items():
        yield f"{name}.{percentile}", value, "gauge"
