"""What AWS services publish of a minute, in CloudWatch's names and units. Pure.

Names, units and dimensions: the CloudWatch metrics pages of Application Load Balancer, Amazon ECS, Amazon Aurora and
Amazon Data Firehose, read 2026-11. A counter is published only when it is not zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from watchkeeper.sandbox.aws import Delivery
from watchkeeper.sandbox.deployed import QUICK_S, DeployedService
from watchkeeper.sandbox.workload import DatabaseMinute, ServiceMinute

_MINUTE_S: Final = 60
_TRANSACTION_IDS: Final = 40_000_000.0
_INSTANCE: Final = "DBInstanceIdentifier"
Datum = dict[str, Any]
ALB: Final = "AWS/ApplicationELB"
ECS: Final = "AWS/ECS"
RDS: Final = "AWS/RDS"
FIREHOSE: Final = "AWS/Firehose"


def balancer_data(service: DeployedService, minute: ServiceMinute, at: int) -> Iterable[Datum]:
    """The load balancer's metrics of one target group. at: the beginning of the minute, Unix seconds."""
    group = {"LoadBalancer": service.load_balancer, "TargetGroup": service.target_group}
    counts = {
        "RequestCount": minute.requests,
        "HTTPCode_Target_5XX_Count": minute.failed if minute.running else 0,
        "HTTPCode_Target_2XX_Count": minute.requests - minute.failed - minute.lost,
    }
    for name, number in counts.items():
        if number:
            yield _counted(name, float(number), group, at)
    unanswered = minute.lost if minute.running else minute.requests
    if unanswered:
        yield _counted("HTTPCode_ELB_5XX_Count", float(unanswered), group, at)
    if minute.requests and minute.running:
        mean, slowest = minute.latency_mean_s, minute.latency_p99_s
        yield {
            **_datum("TargetResponseTime", group, at, "Seconds"),
            "count": minute.requests,
            "sum": mean * minute.requests,
            "min": mean / 4,
            "max": slowest * 1.5,
            "quantiles": {"p50": mean * 0.7, "p90": mean * 2.3, "p95": mean * 3, "p99": slowest},
        }
    yield _gauge("HealthyHostCount", float(minute.running), group, at, "Count")
    yield _gauge("UnHealthyHostCount", float(minute.unhealthy), group, at, "Count")
    yield _gauge("RequestCountPerTarget", minute.requests_per_target, group, at, "Count")


def service_data(service: DeployedService, minute: ServiceMinute, at: int) -> Iterable[Datum]:
    """What ECS says of a service when a minute ends; nothing while no task runs.

    Of what it publishes every 20 s, the last datapoint: `quick_data` gives those before.
    """
    for name, value in _utilisation(minute):
        begin = at + _MINUTE_S - QUICK_S if name in service.quick_metrics else at
        yield _of_tasks(name, value, minute.running, service, begin)


def quick_data(service: DeployedService, minute: ServiceMinute, at: int) -> Iterable[Datum]:
    """What ECS says of a service for 20 seconds within a minute, where it publishes so often. at: their beginning."""
    for name, value in _utilisation(minute):
        if name in service.quick_metrics:
            yield _of_tasks(name, value, minute.running, service, at)


def _utilisation(minute: ServiceMinute) -> Sequence[tuple[str, float]]:
    if not minute.running:
        return ()
    return (("CPUUtilization", minute.cpu_percent), ("MemoryUtilization", minute.memory_percent))


def _of_tasks(name: str, value: float, tasks: int, service: DeployedService, at: int) -> Datum:
    """One sample for each running task: SampleCount is how AWS lets one count them."""
    dimensions = {"ClusterName": service.cluster, "ServiceName": service.name}
    return {**_gauge(name, value, dimensions, at, "Percent"), "count": tasks, "sum": value * tasks}


def database_data(instance: str, minute: DatabaseMinute, at: int) -> Iterable[Datum]:
    """RDS for one instance of the cluster."""
    dimensions = {_INSTANCE: instance}
    gauges = {
        "CPUUtilization": (minute.cpu_percent, "Percent"),
        "ServerlessDatabaseCapacity": (minute.acu, "Count"),
        "DatabaseConnections": (minute.connections, "Count"),
        "CommitLatency": (minute.commit_latency_ms, "Milliseconds"),
        "ReadLatency": (minute.read_latency_s, "Seconds"),
        "WriteLatency": (minute.write_latency_s, "Seconds"),
        "MaximumUsedTransactionIDs": (_TRANSACTION_IDS, "Count"),
    }
    if minute.replica_lag_ms is not None:
        gauges["AuroraReplicaLag"] = (minute.replica_lag_ms, "Milliseconds")
    for name, (value, unit) in gauges.items():
        yield _gauge(name, value, dimensions, at, unit)


def pipe_data(deliveries: Mapping[str, Delivery], at: int) -> Iterable[Datum]:
    """What Firehose says of a round: the share of requests that succeeded, and how old the oldest record is."""
    for stream, done in deliveries.items():
        dimensions = {"DeliveryStreamName": stream}
        if done.attempts:
            success = done.succeeded / done.attempts
            yield _gauge("DeliveryToHttpEndpoint.Success", success, dimensions, at, "None")
        yield _gauge("DeliveryToHttpEndpoint.DataFreshness", done.oldest_s, dimensions, at, "Seconds")
        if done.backed_up:
            yield _counted("BackupToS3.Records", float(done.backed_up), dimensions, at)


def task_series(service: DeployedService, desired: int, running: int, at: int) -> list[dict[str, Any]]:
    """What Datadog's AWS integration learns from DescribeServices; CloudWatch has no such metrics."""
    tags = {name: value for name, value in service.tags.items() if not name.startswith("aws:")}
    tags |= {"clustername": service.cluster, "servicename": service.name}
    return [
        {
            "metric": f"aws.ecs.service.{name}",
            "type": 3,
            "interval": 60,
            "points": [{"timestamp": at, "value": value}],
            "tags": [f"{key}:{text}" for key, text in tags.items()],
        }
        for name, value in (("desired", desired), ("running", running))
    ]


def _datum(name: str, dimensions: Mapping[str, str], at: int, unit: str) -> Datum:
    return {"name": name, "dimensions": dict(dimensions), "at": at, "unit": unit}


def _counted(name: str, total: float, dimensions: Mapping[str, str], at: int) -> Datum:
    return {**_datum(name, dimensions, at, "Count"), "count": total, "sum": total, "min": 1.0, "max": 1.0}


def _gauge(name: str, value: float, dimensions: Mapping[str, str], at: int, unit: str) -> Datum:
    return {**_datum(name, dimensions, at, unit), "count": 1, "sum": value, "min": value, "max": value}
