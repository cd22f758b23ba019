"""`platform/forwarding.yaml` as typed, frozen values. What is left out has the values of `Metrics`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from annotated_types import Ge, Le

from watchkeeper.project.validate import STRICT

Profile = Literal["scoped", "standard", "full"]

CANARY_NAMESPACE: Final = "Watchkeeper/Canary"
"""Where `forwarding canary` puts its metric; a stream has to carry it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """What is streamed of a CloudWatch namespace.

    names: the metrics, without patterns; empty for all. percentiles: by metric, such as `[p50, p99]`; a stream
    carries minimum, maximum, sum and count alone, and percentiles only when asked.
    """

    __pydantic_config__ = STRICT

    names: tuple[str, ...] = ()
    percentiles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _watched() -> Mapping[str, Namespace]:
    """The layers of the base topology, and Firehose itself, so that a broken pipe is seen by its own monitor."""
    edge = Namespace(percentiles={"TargetResponseTime": ("p50", "p90", "p95", "p99")})
    others = ("AWS/ECS", "AWS/RDS", "AWS/Kafka", "AWS/NATGateway", "AWS/Firehose")
    return {"AWS/ApplicationELB": edge, **{name: Namespace() for name in others}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """The metric stream and how Firehose delivers it.

    namespaces: what is streamed, by namespace as CloudWatch spells it; every metric update is charged. Where left
    out: ALB, ECS, RDS, Kafka, NAT gateway and Firehose, with p50, p90, p95 and p99 of `TargetResponseTime`.
    buffer_mib: MiB; Firehose sends when this or buffer_s is reached. buffer_s: seconds; Firehose sends when this or
    buffer_mib is reached. retry_s: seconds in which Firehose repeats what Datadog did not take, before that goes to
    the bucket. kept_days: how long the bucket keeps what Datadog did not take.
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
class ApplicationLogs:
    """What the services print, through the FireLens router beside each task.

    source: Datadog's name of the technology, which chooses the pipeline that reads the lines; empty for the
    service's own name. sources: the same by service, where they differ. retries: of a chunk that Datadog did not
    take, each after a longer pause. With 8 a chunk is repeated for about twenty minutes; the router drops it then,
    and says so in its own log.
    """

    __pydantic_config__ = STRICT

    source: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    retries: Annotated[int, Ge(1), Le(20)] = 8

    def source_of(self, service: str) -> str:
        """The source of one service."""
        return self.sources.get(service) or self.source or service


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLogs:
    """What a CloudWatch log group sends through Firehose.

    pattern: CloudWatch's filter pattern; empty for all lines. source: tag that chooses Datadog's pipeline; empty
    for the usual one of the layer. service: tag; empty for the usual one of the layer. tags: further ones,
    `name:value`.
    """

    __pydantic_config__ = STRICT

    pattern: str = ""
    source: str = ""
    service: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancerLogs:
    """Access logs of the load balancer.

    by: `forwarder`, Datadog's own function that reads them from S3; or `firehose`, as vended logs. forwarder_layer:
    version of the Lambda layer that holds the function's code, as Datadog publishes it. source: tag that chooses
    Datadog's pipeline; empty for the usual one of the layer. service: tag; empty for the usual one of the layer.
    tags: further ones, `name:value`.
    Source: DataDog/datadog-serverless-functions, aws/logs_monitoring/template.yaml of forwarder 5.4.11, read
    2026-11.
    """

    __pydantic_config__ = STRICT

    by: Literal["forwarder", "firehose"] = "forwarder"
    forwarder_layer: Annotated[int, Ge(1)] = 110
    source: str = ""
    service: str = ""
    tags: tuple[str, ...] = ()


GROUPS: Final = ("database", "broker", "flow")
"""The layers whose logs lie in CloudWatch log groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """Which logs reach Datadog, and how Firehose delivers those that go through it.

    application: what the services print, by the router beside each task. database: Aurora's log; left out, it stays
    in AWS. broker: Kafka's log; left out, it stays in AWS. flow: flow logs of the VPC; left out, they stay in AWS.
    load_balancer: access logs; left out, they stay in AWS. buffer_mib: MiB; Firehose sends when this or buffer_s is
    reached. Datadog's page recommends 2 MiB for logs. buffer_s: seconds; Firehose sends when this or buffer_mib is
    reached. retry_s: seconds in which Firehose repeats what Datadog did not take, before that goes to the bucket.
    Five minutes outlast a short fault of the intake. kept_days: how long the bucket keeps what Datadog did not
    take.
    """

    __pydantic_config__ = STRICT

    application: ApplicationLogs = field(default_factory=ApplicationLogs)
    database: GroupLogs | None = None
    broker: GroupLogs | None = None
    flow: GroupLogs | None = None
    load_balancer: LoadBalancerLogs | None = None
    buffer_mib: Annotated[int, Ge(1), Le(64)] = 2
    buffer_s: Annotated[int, Ge(0), Le(900)] = 60
    retry_s: Annotated[int, Ge(0), Le(7200)] = 300
    kept_days: Annotated[int, Ge(1), Le(3653)] = 14

    @property
    def groups(self) -> Mapping[str, GroupLogs]:
        """The layers that are forwarded from a log group."""
        found = {name: getattr(self, name) for name in GROUPS}
        return {name: each for name, each in found.items() if each is not None}

    @property
    def uses_firehose(self) -> bool:
        """Whether any log goes through Firehose."""
        return bool(self.groups) or (self.load_balancer is not None and self.load_balancer.by == "firehose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """Datadog's AWS integration of each environment's account: tags of resources, and what is polled.

    role: name of the role that Datadog assumes. permissions: what the role may do: `scoped` reads what this
    topology has, `standard` is Datadog's own base list, `full` adds all that its resource collection reads.
    external_ids: by environment; Datadog issues one at the first sync, and the role is deployed once it is written
    here. regions: where Datadog looks; empty for the environment's own. tags: on everything of the account, beside
    `env`. excluded: namespaces that are not polled; those that are streamed Datadog leaves by itself. polled: these
    alone are polled, instead of all that are not excluded. custom_metrics: Datadog polls CloudWatch's custom
    metrics. alarms: Datadog collects CloudWatch alarms. automute: Datadog mutes monitors of EC2 instances that AWS
    shuts down. resources: Datadog collects the configuration of resources.
    """

    __pydantic_config__ = STRICT

    role: str = "DatadogIntegrationRole"
    permissions: Profile = "scoped"
    external_ids: Mapping[str, str] = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ("AWS/SQS", "AWS/ElasticMapReduce")
    polled: tuple[str, ...] = ()
    custom_metrics: bool = False
    alarms: bool = False
    automute: bool = True
    resources: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardingFile:
    """Which of AWS's metrics and which logs reach Datadog.

    metrics: the metric stream. logs: which logs are forwarded, and how. integration: Datadog's AWS integration;
    left out, it is somebody else's.
    """

    __pydantic_config__ = STRICT

    metrics: Metrics = field(default_factory=Metrics)
    logs: Logs = field(default_factory=Logs)
    integration: Integration | None = None
