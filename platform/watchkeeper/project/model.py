"""The project as typed, frozen values: what `watchkeeper.yaml` declares, profiles and overrides already applied."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Gt

from watchkeeper.errors import Location
from watchkeeper.project.flows import Flow
from watchkeeper.project.service import (
    Capacity,
    Deployment,
    HealthCheck,
    Listener,
    Ports,
    Service,
    Telemetry,
)
from watchkeeper.project.topology import Acu, Broker, Database, Edge, Network
from watchkeeper.project.validate import STRICT

__all__ = [
    "LOCAL",
    "Acu",
    "Broker",
    "Capacity",
    "Credentials",
    "Database",
    "Datadog",
    "DatadogSite",
    "Deployment",
    "Edge",
    "Environment",
    "HealthCheck",
    "Listener",
    "Network",
    "PagerDuty",
    "Ports",
    "Project",
    "Service",
    "Team",
    "Telemetry",
]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Datadog:
    """The Datadog organisation, and how it names the Slack workspace in handles.

    site: the domain of the organisation's web page. slack_account: the workspace's name in Datadog's Slack
    integration, as in `@slack-<account>-<channel>`.
    """

    __pydantic_config__ = STRICT

    site: DatadogSite
    slack_account: str = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """People who own services. The key is the id, and the value of the tag `team`.

    id: the key in the file. name: as people say it. vars: further names of the team, which templates use as
    `team.*`.
    """

    __pydantic_config__ = STRICT

    id: str
    name: str
    vars: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The names of the environment variables that hold the keys, never the keys. `local` reads none of them.

    datadog_api_key: variable of Datadog's API key. datadog_app_key: variable of Datadog's application key.
    pagerduty_api_key: variable of a key of PagerDuty's REST API. slack_bot_token: variable of the bot token of a
    Slack app, which begins with `xoxb-`.
    """

    __pydantic_config__ = STRICT

    datadog_api_key: str = "DD_API_KEY"
    datadog_app_key: str = "DD_APP_KEY"
    pagerduty_api_key: str = "PAGERDUTY_API_KEY"
    slack_bot_token: str = "SLACK_BOT_TOKEN"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDuty:
    """How the PagerDuty account of an environment is used.

    creates_users: people of the routing files who have no PagerDuty user are created; without it they are an error.
    from_email: a user of the account, who is named as the author where PagerDuty asks for one.
    """

    __pydantic_config__ = STRICT

    creates_users: bool = False
    from_email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One VPC, one load balancer, one Aurora cluster, one or several services.

    name: the key in the file. account: the AWS account, 12 digits in quotes. region: AWS's name of the region,
    `eu-west-1`. zones: availability zones of the region, three or more; the first ones carry the application, the
    first three the data. services: as they run here, in the order of the file. flows: the connections that they
    need. team: owns what services share (network, load balancer, database, forwarding). log_retention_days: how
    long CloudWatch and the bucket of access logs keep logs. container_insights: ECS's own metrics of tasks and
    containers, which CloudWatch charges for. tags: on every AWS resource, beside `env`, `team`, `service` and
    `managed_by`. vars: further names, which templates use as `env.vars.*`.
    """

    __pydantic_config__ = STRICT

    name: str
    account: str
    region: str
    zones: tuple[str, ...]
    network: Network
    edge: Edge = field(default_factory=Edge)
    database: Database = field(default_factory=Database)
    broker: Broker = field(default_factory=Broker)
    credentials: Credentials = field(default_factory=Credentials)
    pagerduty: PagerDuty = field(default_factory=PagerDuty)
    services: tuple[Service, ...]
    flows: tuple[Flow, ...] = ()
    team: str = ""
    log_retention_days: Annotated[int, Gt(0)] = 30
    container_insights: Literal["disabled", "enabled", "enhanced"] = "disabled"
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

    root: the folder it stands in. places: where teams, services, flows and environments stand.
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
