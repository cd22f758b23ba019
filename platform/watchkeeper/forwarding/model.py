"""`platform/forwarding.yaml` as typed, frozen values. What is left out has the values of `Metrics`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from annotated_types import Ge, Le

from watchkeeper.project.validate import STRICT

CANARY_NAMESPACE: Final = "Watchkeeper/Canary"
"""Where `forwarding canary` puts its metric; a stream has to carry it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """What is streamed of a CloudWatch namespace.

    names: the metrics, empty for all. percentiles: of a metric, such as `p99`; a stream carries them only when asked.
    """

    __pydantic_config__ = STRICT

    names: tuple[str, ...] = ()
    percentiles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _watched() -> Mapping[str, Namespace]:
    """The layers of the base topology, and Firehose itself, so that a broken pipe is seen by its own monitor."""
    edge = Namespace(percentiles={"TargetResponseTime": ("p50", "p90", "p95", "p99")})
    return {"AWS/ApplicationELB": edge, "AWS/ECS": Namespace(), "AWS/RDS": Namespace(), "AWS/Firehose": Namespace()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """The metric stream and how Firehose delivers it.

    buffer_mib, buffer_s: Firehose sends when either is reached. retry_s: how long it repeats what Datadog did not take,
    before that goes to the bucket, where it is kept for kept_days.
    Defaults: Datadog's own template, aws_streams/streams_single_region.yaml, read 2026-11-23. Bounds: Firehose API
    reference, HttpEndpointBufferingHints and HttpEndpointRetryOptions, 2026-11.
    """

    __pydantic_config__ = STRICT

    namespaces: Mapping[str, Namespace] = field(default_factory=_watched)
    buffer_mib: Annotated[int, Ge(1), Le(64)] = 4
    buffer_s: Annotated[int, Ge(0), Le(900)] = 60
    retry_s: Annotated[int, Ge(0), Le(7200)] = 60
    kept_days: Annotated[int, Ge(1), Le(3653)] = 14

    def carries(self, namespace: str, metric: str) -> bool:
        """Whether a metric is streamed."""
        found = self.namespaces.get(namespace)
        return found is not None and (not found.names or metric in found.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """Datadog's AWS integration of each environment's account: tags of resources, and what is polled.

    role: name of the role that Datadog assumes. external_ids: by environment; Datadog issues one at the first sync, and
    the role is deployed once it is written here. regions: empty for the environment's own. tags: on everything of the
    account, beside `env`. excluded: namespaces that are not polled; those that are streamed Datadog leaves by itself.
    custom_metrics, alarms, automute, resources: Datadog's own switches.
    """

    __pydantic_config__ = STRICT

    role: str = "DatadogIntegrationRole"
    external_ids: Mapping[str, str] = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ("AWS/SQS", "AWS/ElasticMapReduce")
    custom_metrics: bool = False
    alarms: bool = False
    automute: bool = True
    resources: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardingFile:
    """All of the file. integration: None leaves Datadog's AWS integration to somebody else."""

    __pydantic_config__ = STRICT

    metrics: Metrics = field(default_factory=Metrics)
    integration: Integration | None = None
