"""The settings of a service as it runs in one environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, Lt

from watchkeeper.project.validate import STRICT

Port = Annotated[int, Ge(1), Le(65535)]
Percent = Annotated[int, Ge(1), Le(99)]
Minutes = Annotated[int, Ge(0), Le(1440)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The ports on which the application listens.

    http: for HTTP without TLS. grpc: for gRPC without TLS; none, when it speaks no gRPC.
    """

    __pydantic_config__ = STRICT

    http: Port = 80
    grpc: Port | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Which requests the load balancer sends to the service. Without `paths` and `hosts` it takes all others.

    priority: order of the rules, 1 is asked first; unique within an environment. paths: patterns of the path, such
    as `/reports/*`. hosts: patterns of the host name. grpc_paths: as `paths`, for gRPC: `/package.Service/*`.
    """

    __pydantic_config__ = STRICT

    priority: Annotated[int, Ge(1), Le(50000)]
    paths: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    grpc_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """How the load balancer decides that a task may take requests. gRPC has its own standard check.

    path: what is asked for over HTTP; 200 is healthy. interval_s: seconds between two checks. timeout_s: seconds
    until a check without an answer has failed; less than the interval.
    """

    __pydantic_config__ = STRICT

    path: str = "/healthz"
    interval_s: Annotated[int, Ge(5), Le(300)] = 15
    timeout_s: Annotated[int, Ge(2), Le(120)] = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """How a new version replaces the old one. A failed one is rolled back.

    strategy: `rolling` is guarded by ECS's circuit breaker; `canary` moves `percent` of the requests first,
    `linear` moves `percent` at a time, with `bake_minutes` between the steps and before the old version goes.
    percent: of the requests, in a step of `canary` or `linear`. bake_minutes: how long each step is watched.
    error_ratio: of the responses; above it in two of three minutes the deployment's alarm rolls back.
    latency_p99_s: seconds; above it in two of three minutes the deployment's alarm rolls back; none: not watched.
    """

    __pydantic_config__ = STRICT

    strategy: Literal["rolling", "canary", "linear"] = "rolling"
    percent: Percent = 10
    bake_minutes: Minutes = 5
    error_ratio: Annotated[float, Gt(0), Lt(1)] = 0.05
    latency_p99_s: Annotated[float, Gt(0)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """On demand or on Fargate Spot: where tasks run.

    spot_percent: share on Fargate Spot, beyond the first `on_demand_base` tasks. on_demand_base: tasks that never
    run on Spot, where some do.
    """

    __pydantic_config__ = STRICT

    spot_percent: Annotated[int, Ge(0), Le(100)] = 0
    on_demand_base: Annotated[int, Ge(0), Le(100_000)] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """The Datadog Agent and the FireLens log router beside the application, images pinned.

    agent: whether the two run; without them the logs go to CloudWatch alone. traces: the Agent takes traces.
    agent_version: tag of the Agent's image. router_version: tag of the router's image, AWS for Fluent Bit.
    """

    __pydantic_config__ = STRICT

    agent: bool = True
    traces: bool = True
    agent_version: str = "7.77.2"
    router_version: str = "3.4.15"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service as it runs in one environment.

    id: the key in the file, and the value of the tag `service`. team: who owns it, by the team's id. image: the
    container's, with a tag or a digest; what `watchkeeper delivery` builds replaces it. listener: which requests it
    gets from the load balancer. name: as people say it; the id where it is left out. source: folder whose
    Dockerfile makes the image; empty for an image that is made elsewhere.
    version: what Datadog calls the version of `image`; empty for the image's tag, or the start of its digest.
    ports: where the application listens. architecture: of the processor, for which the image is made. cpu: of a
    task, in units, 1024 a vCPU. memory_mib: of a task, in MiB; Fargate allows some sizes for each `cpu`. slo:
    numbers that templates use as `service.slo.*`. vars: further names, which templates use as `service.vars.*`.
    grpc: `internal` keeps the gRPC port off the load balancer; the tasks of other services find it by name.
    environment: variables of the container. secrets: variable to the ARN of a Secrets Manager secret, `ARN:key::`
    for one key of it. user: of the process, numeric, `user:group`. read_only_root: the container's root file system
    cannot be written. writable_paths: get an empty volume of the task, for a read-only root file system; it belongs
    to root unless the image declares the path with VOLUME, whose owner and mode it takes then. execute_command: ECS
    Exec, which needs a writable root file system.
    """

    __pydantic_config__ = STRICT

    id: str
    team: str
    image: str
    listener: Listener
    version: str = ""
    name: str = ""
    source: str = ""
    ports: Ports = field(default_factory=Ports)
    grpc: Literal["edge", "internal"] = "edge"
    health_check: HealthCheck = field(default_factory=HealthCheck)
    cpu: Literal[256, 512, 1024, 2048, 4096, 8192, 16384] = 512
    memory_mib: Annotated[int, Ge(512), Le(122880)] = 1024
    architecture: Literal["x86_64", "arm64"] = "x86_64"
    capacity: Capacity = field(default_factory=Capacity)
    deployment: Deployment = field(default_factory=Deployment)
    telemetry: Telemetry = field(default_factory=Telemetry)
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    user: str = "10001:10001"
    read_only_root: bool = True
    writable_paths: tuple[str, ...] = ()
    execute_command: bool = False
    slo: Mapping[str, float] = field(default_factory=dict)
    vars: Mapping[str, Any] = field(default_factory=dict)

    @property
    def edge_grpc(self) -> int | None:
        """The gRPC port that the load balancer sends to, if there is one."""
        return self.ports.grpc if self.grpc == "edge" else None

    @property
    def internal_grpc(self) -> int | None:
        """The gRPC port that only the tasks of other services reach, if there is one."""
        return self.ports.grpc if self.grpc == "internal" else None

    @property
    def binds_privileged_port(self) -> bool:
        """Whether it listens below 1024, which a process that is not root may not without more."""
        return any(port is not None and port < 1024 for port in (self.ports.http, self.ports.grpc))  # noqa: PLR2004
