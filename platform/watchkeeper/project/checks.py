"""What types alone cannot say about environments and services: every problem with its place and its mend. Pure."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Protocol

from watchkeeper.errors import Location, Problem, did_you_mean
from watchkeeper.project.model import Environment, Service
from watchkeeper.project.source import KeyPath
from watchkeeper.project.validate import Locate

DATA_ZONES: Final = 3
_VPC_PREFIX: Final = (16, 22)
_CERTIFICATE: Final = re.compile(r"arn:aws[a-z-]*:acm:([a-z0-9-]+):(\d{12}):certificate/[0-9a-f-]{36}")
_SECRET: Final = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?")
_RETENTION: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Days that CloudWatch Logs offers. Source: API reference, PutRetentionPolicy, 2026-11."""
_MEMORY_OF_CPU: Final[Mapping[int, tuple[int, int, int]]] = {
    # cpu units: smallest, largest, step of MiB. Source: Amazon ECS developer guide, "Task CPU and memory", 2026-11.
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}


class _Report(Protocol):
    def __call__(self, path: KeyPath, what: str, fix: str, rule: str) -> Problem:
        """A problem at a path of the thing that is checked."""


def environment_problems(environment: Environment, locate: Locate) -> Iterator[Problem]:
    """The problems of one environment, those of its services aside."""

    def problem(path: KeyPath, what: str, fix: str, rule: str) -> Problem:
        return Problem(f"environment `{environment.name}`: {what}", locate(path, False), fix=fix, rule=rule)

    if not re.fullmatch(r"\d{12}", environment.account):
        fix = "write the 12 digits of the AWS account, in quotes"
        yield problem(("account",), f"`{environment.account}` is not an AWS account", fix, "account")
    if environment.log_retention_days not in _RETENTION:
        nearest = min(_RETENTION, key=lambda days: (days < environment.log_retention_days, days))
        what = f"CloudWatch keeps no logs for {environment.log_retention_days} days"
        yield problem(("log_retention_days",), what, f"the next that it offers is {nearest}", "log-retention")
    yield from _zone_problems(environment, problem)
    yield from _network_problems(environment, problem)
    yield from _edge_problems(environment, problem)
    yield from _database_problems(environment, problem)


def _zone_problems(environment: Environment, problem: _Report) -> Iterator[Problem]:
    for zone in environment.zones:
        if not re.fullmatch(re.escape(environment.region) + r"[a-z]", zone):
            fix = f"name zones of the region, such as {environment.region}a"
            yield problem(("zones",), f"`{zone}` is not a zone of {environment.region}", fix, "zones")
    if len(set(environment.zones)) != len(environment.zones):
        yield problem(("zones",), "a zone is named twice", "name three different zones", "zones")
    if len(environment.zones) < DATA_ZONES:
        what = f"{len(environment.zones)} zones, but the data tier stands in {DATA_ZONES}"
        yield problem(("zones",), what, f"name {DATA_ZONES} zones of {environment.region}", "zones")
    if len(environment.zones) > DATA_ZONES:
        unused = ", ".join(environment.zones[DATA_ZONES:])
        what = f"{len(environment.zones)} zones, and nothing would stand in {unused}"
        yield problem(("zones",), what, f"name {DATA_ZONES} zones of {environment.region}", "zones")


def _network_problems(environment: Environment, problem: _Report) -> Iterator[Problem]:
    path = ("network", "cidr")
    try:
        network = ipaddress.IPv4Network(environment.network.cidr)
    except ValueError as err:
        yield problem(path, f"not an IPv4 network: {err}", "write a private range such as 10.20.0.0/16", "cidr")
        return
    smallest, largest = _VPC_PREFIX
    if not smallest <= network.prefixlen <= largest:
        count = "nine" if environment.network.application_zones > 2 else "seven"  # noqa: PLR2004
        what = f"/{network.prefixlen} does not hold the {count} subnets"
        yield problem(path, what, f"use /{smallest} to /{largest}", "cidr")
    if not network.is_private:
        yield problem(path, f"{network} is not a private range", "use 10/8, 172.16/12 or 192.168/16", "cidr")
    for name in environment.network.endpoints:
        if name in ("s3", "dynamodb"):
            what = f"`{name}` has no interface endpoint here"
            yield problem(("network", "endpoints"), what, "remove it: S3 always has its gateway endpoint", "endpoints")
        elif not re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", name):
            fix = "use EC2's short names, such as ecr.api or secretsmanager"
            yield problem(("network", "endpoints"), f"`{name}` cannot name an endpoint", fix, "endpoints")
    if len(set(environment.network.endpoints)) != len(environment.network.endpoints):
        yield problem(("network", "endpoints"), "an endpoint is named twice", "name each once", "endpoints")


def _edge_problems(environment: Environment, problem: _Report) -> Iterator[Problem]:
    edge = environment.edge
    if edge.certificate and edge.domain:
        fix = "keep `certificate` for one that exists, or `domain` for one that is requested"
        yield problem(("edge", "domain"), "both a certificate and a domain are named", fix, "certificate")
    if edge.domain and not edge.hosted_zone:
        fix = "add `hosted_zone:` with the id of the Route 53 zone, or name an existing `certificate:` instead"
        yield problem(("edge", "domain"), "a certificate for the domain cannot be validated", fix, "certificate")
    if edge.hosted_zone and not edge.domain:
        fix = "add `domain:` with the name that is to point at the load balancer, or remove `hosted_zone:`"
        yield problem(("edge", "hosted_zone"), "a hosted zone is named, and no domain in it", fix, "certificate")
    if edge.certificate:
        found = _CERTIFICATE.fullmatch(edge.certificate)
        if not found:
            fix = "write arn:aws:acm:REGION:ACCOUNT:certificate/ID"
            yield problem(("edge", "certificate"), f"`{edge.certificate}` is no certificate's ARN", fix, "certificate")
        elif found.groups() != (environment.region, environment.account):
            what = f"the certificate is in {found[1]} of account {found[2]}"
            fix = (
                f"a load balancer takes one of its own region and account: {environment.region}, {environment.account}"
            )
            yield problem(("edge", "certificate"), what, fix, "certificate")


def _database_problems(environment: Environment, problem: _Report) -> Iterator[Problem]:
    database = environment.database
    if database.min_acu > database.max_acu:
        what = f"min_acu {database.min_acu:g} is larger than max_acu {database.max_acu:g}"
        yield problem(("database", "min_acu"), what, "lower min_acu or raise max_acu", "min-over-max")
    for field_name, acu in (("min_acu", database.min_acu), ("max_acu", database.max_acu)):
        if acu * 2 % 1:
            yield problem(("database", field_name), f"{acu:g} ACU", "Aurora takes steps of 0.5 ACU", "acu-step")


def owner_problems(environment: Environment, teams: Mapping[str, object], locate: Locate) -> Iterator[Problem]:
    """The team that owns what services share must exist."""
    if environment.team and environment.team not in teams:
        fix = did_you_mean(environment.team, teams) or "declare it under `teams:`"
        what = f"environment `{environment.name}`: unknown team `{environment.team}`"
        yield Problem(what, locate(("team",), False), fix=fix, rule="unknown-reference")


def overlap_problems(environments: Iterable[Environment], locator: Callable[[str], Locate]) -> Iterator[Problem]:
    """Ranges of two environments must not overlap: they could never be peered. The sandbox is not among them."""
    seen: dict[str, ipaddress.IPv4Network] = {}
    for environment in environments:
        if environment.is_local:
            continue
        try:
            network = ipaddress.IPv4Network(environment.network.cidr)
        except ValueError:
            continue
        for name, other in seen.items():
            if network.overlaps(other):
                what = f"environment `{environment.name}`: {network} overlaps {other} of `{name}`"
                where: Location = locator(environment.name)(("network", "cidr"), False)
                fix = "give each environment a range of its own, so that they can be peered"
                yield Problem(what, where, fix=fix, rule="cidr-overlap")
                break
        seen[environment.name] = network


def service_problems(
    environment: Environment, teams: Mapping[str, object], locate_service: Callable[[str], Locate]
) -> Iterator[Problem]:
    """The problems of the services of one environment, each by itself and beside the others."""
    priorities: dict[int, str] = {}
    taken: dict[tuple[str, str, str], str] = {}
    for service in environment.services:

        def problem(path: KeyPath, what: str, fix: str, rule: str, service_id: str = service.id) -> Problem:
            where = locate_service(service_id)(path, False)
            return Problem(f"service `{service_id}`: {what}", where, fix=fix, rule=rule)

        if service.team not in teams:
            fix = did_you_mean(service.team, teams) or "declare it under `teams:`"
            yield problem(("team",), f"unknown team `{service.team}`", fix, "unknown-reference")
        other = priorities.setdefault(service.listener.priority, service.id)
        if other != service.id:
            what = f"listener priority {service.listener.priority} is taken by `{other}`"
            yield problem(("listener", "priority"), what, "give each service its own priority", "duplicate-priority")
        for claim in claims(service):
            other = taken.setdefault(claim, service.id)
            if other != service.id:
                listener, host, path = claim
                what = f"{listener} requests for host {host} and path {path} already go to `{other}`"
                fix = "give one of the two `hosts:`, `paths:` or `grpc_paths:` of its own"
                yield problem(("listener",), what, fix, "same-requests")
                break
        yield from _task_problems(service, problem)
        yield from _grpc_problems(service, environment, problem)


def claims(service: Service) -> Iterator[tuple[str, str, str]]:
    """What a service takes of the load balancer's requests: listener, host, path; `*` is any."""
    hosts = service.listener.hosts or ("*",)
    for path in service.listener.paths or ("*",):
        yield from (("HTTP", host.lower(), path) for host in hosts)
    if service.edge_grpc is not None:
        for path in service.listener.grpc_paths or ("*",):
            yield from (("gRPC", host.lower(), path) for host in hosts)


def _task_problems(service: Service, problem: _Report) -> Iterator[Problem]:
    low, high, step = _MEMORY_OF_CPU[service.cpu]
    if not low <= service.memory_mib <= high or service.memory_mib % step:
        what = f"Fargate has no task of {service.cpu} CPU units and {service.memory_mib} MiB"
        yield problem(("memory_mib",), what, f"{low} to {high} MiB in steps of {step}", "fargate-size")
    if service.health_check.timeout_s >= service.health_check.interval_s:
        what = "the health check's timeout is not shorter than its interval"
        yield problem(("health_check",), what, "lower timeout_s", "health-check")
    if service.execute_command and service.read_only_root:
        what = "ECS Exec cannot enter a container whose root file system is read-only"
        yield problem(("execute_command",), what, "set `read_only_root: false`, or leave ECS Exec off", "ecs-exec")
    if not re.fullmatch(r"\d+(:\d+)?", service.user) or service.user.partition(":")[0] == "0":
        what = f"the process would run as `{service.user}`"
        yield problem(("user",), what, 'name a user that is not root by number: user: "10001:10001"', "root-user")
    for name, reference in service.secrets.items():
        if not _SECRET.fullmatch(reference):
            fix = "write the secret's ARN, with :KEY:: behind it for one key of it"
            yield problem(("secrets", name), f"`{name}` names no secret", fix, "secret")
        if name in service.environment:
            fix = "keep the secret"
            yield problem(("environment", name), f"`{name}` is both a variable and a secret", fix, "secret")


def _grpc_problems(service: Service, environment: Environment, problem: _Report) -> Iterator[Problem]:
    ports = service.ports
    if ports.grpc is None:
        if service.listener.grpc_paths:
            what = "`grpc_paths` are named, but no gRPC port"
            yield problem(("listener", "grpc_paths"), what, "add `ports: {grpc: 9000}`", "grpc")
        return
    if ports.grpc == ports.http:
        yield problem(("ports", "grpc"), f"HTTP and gRPC are both on {ports.http}", "give gRPC its own port", "grpc")
    if service.edge_grpc is not None and not environment.edge.is_encrypted:
        what = f"`{environment.name}` has no certificate, and a load balancer serves gRPC over TLS only"
        fix = "add `edge: {certificate: ARN}` to the environment, or say `grpc: internal` for the service there"
        yield problem(("ports", "grpc"), what, fix, "certificate")
