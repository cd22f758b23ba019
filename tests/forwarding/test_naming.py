"""What Datadog calls a metric."""

import pytest

from watchkeeper.forwarding.naming import datadog_name


@pytest.mark.parametrize(
    ("namespace", "metric", "dimensions", "name"),
    [
        ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", {}, "aws.applicationelb.httpcode_target_5xx"),
        ("AWS/RDS", "CPUUtilization", {}, "aws.rds.cpuutilization"),
        ("AWS/ECS", "MemoryUtilization", {"ServiceName": "api"}, "aws.ecs.service.memory_utilization"),
        ("AWS/ECS", "MemoryUtilization", {}, "aws.ecs.cluster.memory_utilization"),
        ("ECS/ContainerInsights", "CpuUtilized", {}, "ecs.containerinsights.cpu_utilized"),
        ("Watchkeeper/Canary", "Heartbeat", {}, "watchkeeper.canary.heartbeat"),
    ],
)
def test_a_metric_gets_the_name_that_datadogs_pages_list(
    namespace: str, metric: str, dimensions: dict[str, str], name: str
) -> None:
    """AWS's own namespaces lose `AWS/` and get `aws.`; others keep their name."""
    assert datadog_name(namespace, metric, dimensions) == name
