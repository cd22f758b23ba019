"""The metrics of scaling policies as CloudWatch has them: namespaces, statistics, dimensions of what is deployed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from watchkeeper.autoscaling.model import REQUESTS, CloudWatchMetric, Metric, MetricMath, PredictiveMetric

_OF_SERVICE: Final = MappingProxyType({"ClusterName": "$cluster", "ServiceName": "$service"})
_OF_TARGETS: Final = MappingProxyType({"LoadBalancer": "$load_balancer", "TargetGroup": "$target_group"})
_CPU: Final = CloudWatchMetric(namespace="AWS/ECS", name="CPUUtilization", dimensions=_OF_SERVICE, unit="Percent")
_MEMORY: Final = replace(_CPU, name="MemoryUtilization")

PREDEFINED: Final[Mapping[str, CloudWatchMetric]] = MappingProxyType(
    {
        "ECSServiceAverageCPUUtilization": _CPU,
        "ECSServiceAverageMemoryUtilization": _MEMORY,
        "ECSServiceAverageCPUUtilizationHighResolution": replace(_CPU, period_s=20),
        "ECSServiceAverageMemoryUtilizationHighResolution": replace(_MEMORY, period_s=20),
        REQUESTS: CloudWatchMetric(
            namespace="AWS/ApplicationELB", name="RequestCountPerTarget", dimensions=_OF_TARGETS, statistic="Sum"
        ),
    }
)
"""What Application Auto Scaling reads for the metrics that it knows by name."""

LOADS: Final[Mapping[PredictiveMetric, CloudWatchMetric]] = MappingProxyType(
    {
        "ECSServiceCPUUtilization": replace(_CPU, statistic="Sum"),
        "ECSServiceMemoryUtilization": replace(_MEMORY, statistic="Sum"),
        "ALBRequestCount": CloudWatchMetric(
            namespace="AWS/ApplicationELB", name="RequestCount", dimensions=_OF_TARGETS, statistic="Sum"
        ),
    }
)
"""The load, all tasks together, that predictive scaling forecasts for its pairs.

The API calls it ECSServiceTotalCPUUtilization, ECSServiceTotalMemoryUtilization and TotalALBRequestCount (Application
Auto Scaling API reference). ECS publishes a sample for each running task, so that the sum is that of all tasks.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What is deployed, as CloudWatch names it; empty where there is none."""

    cluster: str
    service: str
    load_balancer: str = ""
    target_group: str = ""

    @property
    def resource_id(self) -> str:
        """As Application Auto Scaling names the service."""
        return f"service/{self.cluster}/{self.service}"


class MissingNameError(ValueError):
    """A metric needs the name of something that is not there. word: `$load_balancer`."""

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(f"the metric needs {word.removeprefix('$')}, which is not known")


def resolved(metric: CloudWatchMetric, names: Names) -> CloudWatchMetric:
    """The metric with `$service` and its like put in. Raises MissingNameError."""
    known = {
        "$cluster": names.cluster,
        "$service": names.service,
        "$load_balancer": names.load_balancer,
        "$target_group": names.target_group,
    }
    found = {}
    for key, value in metric.dimensions.items():
        found[key] = known.get(value, value)
        if not found[key]:
            raise MissingNameError(value)
    return replace(metric, dimensions=MappingProxyType(found))


def as_queried(metric: Metric, names: Names) -> CloudWatchMetric | MetricMath:
    """What to ask CloudWatch for. Raises MissingNameError."""
    if isinstance(metric, MetricMath):
        parts = {name: resolved(each, names) for name, each in metric.metrics.items()}
        return replace(metric, metrics=MappingProxyType(parts))
    return resolved(metric if isinstance(metric, CloudWatchMetric) else PREDEFINED[metric], names)
