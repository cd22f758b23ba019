"""The settings of what services share: network, edge, database, broker."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from watchkeeper.project.validate import STRICT

Acu = Annotated[float, Ge(0), Le(256)]
FlowLogs = Literal["none", "rejected", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Address range and ways out of the VPC.

    nat: one gateway, or one per application zone. application_zones: how many of the environment's zones carry the load
    balancer and the tasks; the data tier has three in any case. endpoints: AWS services that are reached inside the
    VPC, as EC2 names them (`ecr.api`, `secretsmanager`); S3 always is. flow_logs: which connections are recorded.
    """

    __pydantic_config__ = STRICT

    cidr: str
    nat: Literal["single", "per_zone"] = "per_zone"
    application_zones: Literal[2, 3] = 2
    endpoints: tuple[str, ...] = ()
    flow_logs: FlowLogs = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """How the load balancer meets the internet.

    certificate: ARN of an ACM certificate; domain and hosted_zone: a certificate is requested and validated, and the
    name points at the load balancer. With either of them HTTPS on 443 and gRPC on 9000, and port 80 redirects; without,
    HTTP on 80 only. access_logs: in a bucket, for as many days as logs are kept. waf: AWS's managed rules `count` or
    `block`. requests_per_client: of one address in five minutes, before the firewall's rate rule matches.
    """

    __pydantic_config__ = STRICT

    certificate: str = ""
    domain: str = ""
    hosted_zone: str = ""
    tls_policy: str = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    access_logs: bool = True
    waf: Literal["off", "count", "block"] = "off"
    requests_per_client: Annotated[int, Ge(10), Le(2_000_000_000)] = 2000
    idle_timeout_s: Annotated[int, Ge(1), Le(4000)] = 60

    @property
    def is_encrypted(self) -> bool:
        """Whether there is a certificate, so that HTTPS and gRPC are served."""
        return bool(self.certificate or self.domain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Aurora PostgreSQL Serverless v2: a writer and at least one reader. Capacities in ACU.

    min_acu: 0 lets the database pause after auto_pause_s without a connection. insights: Database Insights;
    `advanced` keeps 15 months of performance data. slow_query_ms: statements that take longer are logged.
    """

    __pydantic_config__ = STRICT

    min_acu: Acu = 0.5
    max_acu: Annotated[float, Ge(1), Le(256)] = 8
    auto_pause_s: Annotated[int, Ge(300), Le(86400)] = 300
    readers: Annotated[int, Ge(1), Le(15)] = 1
    engine_version: str = "16.9"
    backup_retention_days: Annotated[int, Ge(1), Le(35)] = 7
    insights: Literal["standard", "advanced"] = "standard"
    slow_query_ms: Annotated[int, Ge(0)] = 1000
    is_protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Amazon MSK in the data subnets, TLS and IAM only. `none`: there is no broker.

    instance_type, brokers_per_zone, volume_gib, kafka_version: of a provisioned cluster.
    """

    __pydantic_config__ = STRICT

    kind: Literal["none", "provisioned", "serverless"] = "none"
    kafka_version: str = "3.9.x"
    instance_type: str = "kafka.m7g.large"
    brokers_per_zone: Annotated[int, Ge(1), Le(10)] = 1
    volume_gib: Annotated[int, Ge(1), Le(16384)] = 100
