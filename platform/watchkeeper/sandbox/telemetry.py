"""What the services and the database publish in a minute, in Datadog's metric names. Pure.

Names and units: Datadog's AWS integration (ALB, ECS, RDS, Firehose). A counter is published only when it is not zero.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from watchkeeper.project.model import Environment, Service
from watchkeeper.sandbox.workload import DatabaseMinute, ServiceMinute

_COUNT: Final = 1
_GAUGE: Final = 3
_TRANSACTION_IDS: Final = 40_000_000.0


@dataclass(frozen=True, slots=True)
class Tasks:
    """What ECS says of a service."""

    desired: int
    running: int


def service_points(
    environment: Environment, service: Service, minute: ServiceMinute, tasks: Tasks, at: int
) -> Iterator[dict[str, Any]]:
    """ALB and ECS for one service. at: the beginning of the minute, Unix seconds."""
    own = {"env": environment.name, "service": service.id, "team": service.team, "region": environment.region}
    alb = {**own, "loadbalancer": f"app/{environment.name}", "targetgroup": f"{environment.name}-{service.id}"}
    ecs = {**own, "clustername": environment.name, "servicename": service.id}
    for name, value in (
        ("request_count", minute.requests),
        ("httpcode_target_5xx", minute.failed if minute.running else 0),
        ("httpcode_elb_5xx", 0 if minute.running else minute.requests),
        ("httpcode_target_2xx", minute.requests - minute.failed),
    ):
        if value:
            yield _point(f"aws.applicationelb.{name}", value, alb, at, _COUNT)
    gauges: Mapping[str, float] = {
        "target_response_time.average": minute.latency_mean_s,
        "target_response_time.p99": minute.latency_p99_s,
        "healthy_host_count": minute.running,
        "healthy_host_count.maximum": minute.running,
        "un_healthy_host_count.maximum": 0,
        "request_count_per_target": minute.requests_per_target,
    }
    for name, number in gauges.items():
        yield _point(f"aws.applicationelb.{name}", number, alb, at, _GAUGE)
    for name, number in {
        "cpuutilization": minute.cpu_percent,
        "memory_utilization.maximum": minute.memory_percent,
        "desired": tasks.desired,
        "running": tasks.running,
    }.items():
        yield _point(f"aws.ecs.service.{name}", number, ecs, at, _GAUGE)


def database_points(
    environment: Environment, instance: str, minute: DatabaseMinute, at: int
) -> Iterator[dict[str, Any]]:
    """RDS for one instance of the cluster."""
    tags = {"env": environment.name, "team": "platform", "region": environment.region}
    tags |= {"dbclusteridentifier": environment.name, "dbinstanceidentifier": instance}
    gauges = {
        "cpuutilization": minute.cpu_percent,
        "serverless_database_capacity": minute.acu,
        "database_connections": minute.connections,
        "commit_latency": minute.commit_latency_ms,
        "read_latency": minute.read_latency_s,
        "write_latency": minute.write_latency_s,
        "maximum_used_transaction_ids": _TRANSACTION_IDS,
    }
    if minute.replica_lag_ms is not None:
        gauges["aurora_replica_lag"] = minute.replica_lag_ms
    for name, value in gauges.items():
        yield _point(f"aws.rds.{name}", value, tags, at, _GAUGE)


def pipe_points(environment: Environment, at: int) -> Iterator[dict[str, Any]]:
    """Firehose's own metrics of a healthy delivery."""
    tags = {"env": environment.name, "team": "platform", "deliverystreamname": f"{environment.name}-metrics"}
    for name, value in (("success", 1.0), ("data_freshness", 60.0)):
        yield _point(f"aws.firehose.delivery_to_http_endpoint_{name}", value, tags, at, _GAUGE)


def _point(metric: str, value: float, tags: Mapping[str, str], at: int, kind: int) -> dict[str, Any]:
    return {
        "metric": metric,
        "type": kind,
        "interval": 60,
        "points": [{"timestamp": at, "value": value}],
        "tags": [f"{key}:{text}" for key, text in tags.items()],
    }
