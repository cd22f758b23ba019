"""The project as typed, frozen values: what `watchkeeper.yaml` declares, profiles and overrides already applied."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Lt, MinLen

from watchkeeper.errors import Location
from watchkeeper.project.validate import STRICT

LOCAL = "local"
"""The environment that is the sandbox: loopback only, generated keys, never a real account."""

DatadogSite = Literal[
    "datadoghq.com",
    "datadoghq.eu",
    "us3.datadoghq.com",
    "us5.datadoghq.com",
    "ap1.datadoghq.com",
    "ap2.datadoghq.com",
    "uk1.datadoghq.com",
    "ddog-gov.com",
    "us2.ddog-gov.com",
]
Port = Annotated[int, Ge(1), Le(65535)]
Acu = Annotated[float, Ge(0), Le(256)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Datadog:
    """Where the organisation lives, and how it names the Slack workspace in handles."""

    __pydantic_config__ = STRICT

    site: DatadogSite
    slack_account: str = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """People who own services. `id` is the key in the file and the value of the tag `team`."""

    __pydantic_config__ = STRICT

    id: str
    name: str
    vars: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The ports on which the application listens."""

    __pydantic_config__ = STRICT

    http: Port = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Which requests the load balancer sends to the service. Without `paths` and `hosts` it takes all others.

    priority: order of the rules, 1 is asked first; unique within an environment.
    """

    __pydantic_config__ = STRICT

    priority: Annotated[int, Ge(1), Le(50000)]
    paths: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """How the load balancer decides that a task may take requests."""

    __pydantic_config__ = STRICT

    path: str = "/healthz"
    interval_s: Annotated[int, Ge(5), Le(300)] = 15
    timeout_s: Annotated[int, Ge(2), Le(120)] = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service as it runs in one environment.

    cpu: units, 1024 a vCPU. memory_mib: MiB. slo, vars: names that templates use as `service.slo.*`, `service.vars.*`.
    """

    __pydantic_config__ = STRICT

    id: str
    team: str
    image: str
    listener: Listener
    name: str = ""
    source: str = ""
    ports: Ports = field(default_factory=Ports)
    health_check: HealthCheck = field(default_factory=HealthCheck)
    cpu: Literal[256, 512, 1024, 2048, 4096, 8192, 16384] = 512
    memory_mib: Annotated[int, Ge(512), Le(122880)] = 1024
    slo: Mapping[str, float] = field(default_factory=dict)
    vars: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Address range and ways out of the VPC. nat: one gateway, or one per application zone."""

    __pydantic_config__ = STRICT

    cidr: str
    nat: Literal["single", "per_zone"] = "per_zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Aurora PostgreSQL Serverless v2: a writer and at least one reader. Capacities in ACU."""

    __pydantic_config__ = STRICT

    min_acu: Acu = 0.5
    max_acu: Annotated[float, Ge(1), Le(256)] = 8
    readers: Annotated[int, Ge(1), Le(15)] = 1
    engine_version: str = "16.9"
    backup_retention_days: Annotated[int, Ge(1), Le(35)] = 7
    is_protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The names of the environment variables that hold the keys, never the keys."""

    __pydantic_config__ = STRICT

    datadog_api_key: str = "DD_API_KEY"
    datadog_app_key: str = "DD_APP_KEY"
    pagerduty_api_key: str = "PAGERDUTY_API_KEY"
    slack_bot_token: str = "SLACK_BOT_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDuty:
    """How the PagerDuty account of an environment is used.

    creates_users: people of the routing files who have no PagerDuty user are created (else they are an error).
    from_email: who is named as the author where PagerDuty asks for one.
    """

    __pydantic_config__ = STRICT

    creates_users: bool = False
    from_email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One VPC, one load balancer, one Aurora cluster, one or several services.

    account: 12 digits. zones: three availability zones of the region; the first two carry the application.
    services: as they run here, in the order of the file. team: owns what services share (network, load balancer,
    database, forwarding).
    """

    __pydantic_config__ = STRICT

    name: str
    account: str
    region: str
    zones: Annotated[tuple[str, ...], MinLen(3)]
    network: Network
    database: Database = field(default_factory=Database)
    credentials: Credentials = field(default_factory=Credentials)
    pagerduty: PagerDuty = field(default_factory=PagerDuty)
    services: tuple[Service, ...]
    team: str = ""
    log_retention_days: Annotated[int, Gt(0), Lt(3654)] = 30
    tags: Mapping[str, str] = field(default_factory=dict)
    vars: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """Whether this environment is the sandbox."""
        return self.name == LOCAL

    def service(self, service_id: str) -> Service:
        """The service of that id. Raises KeyError."""
        for service in self.services:
            if service.id == service_id:
                return service
        raise KeyError(service_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All of `watchkeeper.yaml`.

    root: the folder it stands in. places: where teams, services and environments stand.
    """

    root: Path
    name: str
    datadog: Datadog
    teams: Mapping[str, Team]
    environments: Mapping[str, Environment]
    vars: Mapping[str, Any]
    places: Mapping[str, Location]

    def environment(self, name: str) -> Environment:
        """The environment of that name. Raises KeyError."""
        return self.environments[name]
