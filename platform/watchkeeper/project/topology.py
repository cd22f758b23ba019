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

    cidr: private addresses of the VPC, `10.30.0.0/16`; no other environment's may overlap. nat: one gateway, or one
    per application zone. application_zones: how many of the environment's zones carry the load balancer and the
    tasks; the data tier has three in any case. endpoints: AWS services that are reached inside the VPC, as EC2
    names them (`ecr.api`, `secretsmanager`); S3 always is. flow_logs: which connections are recorded.
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

    certificate: ARN of an ACM certificate. With it, or with `domain`, HTTPS on 443 and gRPC on 9000, and port 80
    redirects; without, HTTP on 80 only. domain: name for which a certificate is requested and validated, and which
    points at the load balancer. hosted_zone: id of the zone in Route 53 that holds `domain`. tls_policy: the load
    balancer's security policy, as AWS names it. access_logs: in a bucket, for as many days as logs are kept. waf:
    AWS's managed rules `count` or `block`; `off` is no firewall. requests_per_client: of one address in five
    minutes, before the firewall's rate rule matches. idle_timeout_s: seconds without a byte after which the load
    balancer closes a connection.
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
    """Aurora PostgreSQL Serverless v2: a writer and at least one reader.

    min_acu: smallest capacity in ACU; 0 lets the database pause after `auto_pause_s` without a connection. max_acu:
    largest capacity in ACU, on which the limit of connections depends. auto_pause_s: seconds without a connection
    after which it pauses, where `min_acu` is 0. readers: instances beside the writer. engine_version: Aurora
    PostgreSQL's version. backup_retention_days: how far back it can be restored to any second. insights: Database
    Insights; `advanced` keeps 15 months of performance data. slow_query_ms: statements that take longer are logged;
    0 logs all. is_protected: the environment's data outlive a mistake: the database and the load balancer refuse
    deletion, stacks with data refuse theirs, buckets and log groups stay behind.
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
    """Amazon MSK in the data subnets, TLS and IAM only.

    kind: `none`: there is no broker. kafka_version: of a provisioned cluster, as MSK names it. instance_type: of a
    broker of a provisioned cluster. brokers_per_zone: of a provisioned cluster, in each of three zones. volume_gib:
    disk of each broker of a provisioned cluster, in GiB.
    """

    __pydantic_config__ = STRICT

    kind: Literal["none", "provisioned", "serverless"] = "none"
    kafka_version: str = "3.9.x"
    instance_type: str = "kafka.m7g.large"
    brokers_per_zone: Annotated[int, Ge(1), Le(10)] = 1
    volume_gib: Annotated[int, Ge(1), Le(16384)] = 100
