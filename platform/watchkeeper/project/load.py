"""`watchkeeper.yaml` to a Project: profiles and overrides merged, everything checked, all problems at once."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from watchkeeper.errors import ConfigError, Location, Problem, UsageError, did_you_mean
from watchkeeper.project.model import LOCAL, Datadog, Environment, Project, Service, Team
from watchkeeper.project.source import Document, KeyPath, read_document
from watchkeeper.project.validate import STRICT, Locate, locate_in, validate

PROJECT_FILE: Final = "watchkeeper.yaml"

_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_VPC_PREFIX: Final = (16, 22)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    __pydantic_config__ = STRICT

    project: str
    datadog: Datadog
    teams: Mapping[str, Mapping[str, Any]]
    services: Mapping[str, Mapping[str, Any]]
    environments: Mapping[str, Mapping[str, Any]]
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    vars: Mapping[str, Any] = field(default_factory=dict)


def load_project(root: Path) -> Project:
    """The project that `root/watchkeeper.yaml` declares.

    Raises UsageError where there is no such file, ConfigError with every problem of the file.
    """
    if not (root / PROJECT_FILE).is_file():
        fix = "run the command in a project's folder, name one with --project DIR, or start one: watchkeeper init"
        raise UsageError(f"there is no {PROJECT_FILE} in {root}", fix)
    return build_project(read_document(root, PROJECT_FILE), root)


def build_project(document: Document, root: Path) -> Project:
    """The project of an already parsed file. Raises ConfigError with every problem."""
    data = document.data if isinstance(document.data, dict) else {}
    file = validate(_File, data, locate_in((document, ())), what=PROJECT_FILE)
    return _Loader(document, file, root).load()


class _Loader:
    """Collects problems over the whole file and raises them together."""

    def __init__(self, document: Document, file: _File, root: Path) -> None:
        self.document = document
        self.file = file
        self.root = root
        self.problems: list[Problem] = []

    def load(self) -> Project:
        self._check_names()
        teams = {
            name: team
            for name, raw in self.file.teams.items()
            if (team := self._value(Team, {**raw, "id": name}, f"team `{name}`", ("teams", name)))
        }
        environments = {
            name: environment
            for name in self.file.environments
            if _SLUG.fullmatch(name) and (environment := self._environment(name))
        }
        for environment in environments.values():
            self._check_environment(environment)
        if self.problems:
            raise ConfigError(self.problems)
        return Project(
            root=self.root,
            name=self.file.project,
            datadog=self.file.datadog,
            teams=teams,
            environments=environments,
            vars=self.file.vars,
            places=dict(self._places()),
        )

    def _places(self) -> Iterator[tuple[str, Location]]:
        for section in ("teams", "services", "environments"):
            for name in getattr(self.file, section):
                yield f"{section}.{name}", self.document.at_key((section, name))

    def _value(self, kind: type[Any], data: object, what: str, *paths: KeyPath) -> Any:  # noqa: ANN401
        try:
            return validate(kind, data, locate_in(*((self.document, path) for path in paths)), what=what)
        except ConfigError as err:
            self.problems.extend(problem for problem in err.problems if problem not in self.problems)
            return None

    def _report(self, what: str, where: Location, fix: str, rule: str) -> None:
        self.problems.append(Problem(what, where, fix=fix, rule=rule))

    def _check_names(self) -> None:
        if not _SLUG.fullmatch(self.file.project):
            self._report(
                f"`{self.file.project}` cannot name a project",
                self.document.at(("project",)),
                "use lower-case letters, digits and `-`, at most 40, a letter first: it becomes part of tags and names",
                "name",
            )
        for section in ("teams", "services", "environments", "profiles"):
            for name in getattr(self.file, section):
                if not _SLUG.fullmatch(name):
                    self._report(
                        f"`{name}` cannot be a key of `{section}`",
                        self.document.at_key((section, name)),
                        "use lower-case letters, digits and `-`, at most 40, a letter first",
                        "name",
                    )
        if LOCAL not in self.file.environments:
            self._report(
                f"there is no environment `{LOCAL}`",
                self.document.at_key(("environments",)),
                f"add `{LOCAL}:`; it is the sandbox, in which everything is rehearsed",
                "no-local-environment",
            )

    def _environment(self, name: str) -> Environment | None:
        own_path: KeyPath = ("environments", name)
        raw = dict(self.file.environments[name])
        paths: list[KeyPath] = [own_path]
        profile = raw.pop("profile", None)
        if profile is not None:
            if profile not in self.file.profiles:
                fix = did_you_mean(str(profile), self.file.profiles) or "declare it under `profiles:`"
                self._report(
                    f"environment `{name}` names the unknown profile `{profile}`",
                    self.document.at((*own_path, "profile")),
                    fix,
                    "unknown-reference",
                )
                return None
            raw = _merge(self.file.profiles[profile], raw)
            paths.append(("profiles", str(profile)))
        services = self._services(name, raw.pop("services", {}), paths)
        raw["services"] = services
        found: Environment | None = self._value(Environment, {**raw, "name": name}, f"environment `{name}`", *paths)
        return found

    def _services(self, name: str, overrides: object, paths: list[KeyPath]) -> list[Any]:
        """The services of one environment as plain data; those that are wrong are reported and left out."""
        if not isinstance(overrides, Mapping):
            where = self.document.at((*paths[0], "services"))
            self._report("`services` must be a mapping of service to overrides", where, "", "wrong-value")
            return []
        for service_id in overrides:
            if service_id not in self.file.services:
                fix = did_you_mean(service_id, self.file.services) or "declare it under `services:`"
                locate = locate_in(*((self.document, path) for path in paths))
                where = locate(("services", service_id), True)
                what = f"environment `{name}` overrides the unknown service `{service_id}`"
                self._report(what, where, fix, "unknown-reference")
        result: list[Any] = []
        for service_id, base in self.file.services.items():
            override = overrides.get(service_id) or {}
            if override is False or (isinstance(override, Mapping) and override.get("runs") is False):
                continue
            merged = _merge(base, {key: value for key, value in override.items() if key != "runs"})
            merged.setdefault("name", service_id)
            merged["id"] = service_id
            service_paths = [(*path, "services", service_id) for path in paths] + [("services", service_id)]
            what = f"service `{service_id}` in `{name}`" if override else f"service `{service_id}`"
            if self._value(Service, merged, what, *service_paths) is not None:
                result.append(merged)
        return result

    def _check_environment(self, environment: Environment) -> None:
        path: KeyPath = ("environments", environment.name)
        profile = self.file.environments[environment.name].get("profile")
        paths = [path, ("profiles", profile)] if profile else [path]

        def locate_service(service_id: str) -> Locate:
            own = [(*base, "services", service_id) for base in paths]
            return locate_in(*((self.document, layer) for layer in (*own, ("services", service_id))))

        locate = locate_in(*((self.document, layer) for layer in paths))
        problems = [
            *environment_problems(environment, locate),
            *_owner_problems(environment, self.file.teams, locate),
            *service_problems(environment, self.file.teams, locate_service),
        ]
        self.problems.extend(problem for problem in problems if problem not in self.problems)


def environment_problems(environment: Environment, locate: Locate) -> Iterator[Problem]:
    """What types alone cannot say about one environment."""

    def problem(path: KeyPath, what: str, fix: str, rule: str) -> Problem:
        return Problem(f"environment `{environment.name}`: {what}", locate(path, False), fix=fix, rule=rule)

    if not re.fullmatch(r"\d{12}", environment.account):
        fix = "write the 12 digits of the AWS account, in quotes"
        yield problem(("account",), f"`{environment.account}` is not an AWS account", fix, "account")
    for zone in environment.zones:
        if not re.fullmatch(re.escape(environment.region) + r"[a-z]", zone):
            fix = f"name zones of the region, such as {environment.region}a"
            yield problem(("zones",), f"`{zone}` is not a zone of {environment.region}", fix, "zones")
    if len(set(environment.zones)) != len(environment.zones):
        yield problem(("zones",), "a zone is named twice", "name three different zones", "zones")
    yield from _network_problems(environment, problem)
    database = environment.database
    if database.min_acu > database.max_acu:
        what = f"min_acu {database.min_acu:g} is larger than max_acu {database.max_acu:g}"
        yield problem(("database", "min_acu"), what, "lower min_acu or raise max_acu", "min-over-max")
    for field_name, acu in (("min_acu", database.min_acu), ("max_acu", database.max_acu)):
        if acu * 2 % 1:
            yield problem(("database", field_name), f"{acu:g} ACU", "Aurora takes steps of 0.5 ACU", "acu-step")


def _owner_problems(environment: Environment, teams: Mapping[str, object], locate: Locate) -> Iterator[Problem]:
    if environment.team and environment.team not in teams:
        fix = did_you_mean(environment.team, teams) or "declare it under `teams:`"
        what = f"environment `{environment.name}`: unknown team `{environment.team}`"
        yield Problem(what, locate(("team",), False), fix=fix, rule="unknown-reference")


def _network_problems(environment: Environment, problem: Any) -> Iterator[Problem]:  # noqa: ANN401 - the closure above
    path = ("network", "cidr")
    try:
        network = ipaddress.IPv4Network(environment.network.cidr)
    except ValueError as err:
        yield problem(path, f"not an IPv4 network: {err}", "write a private range such as 10.20.0.0/16", "cidr")
        return
    smallest, largest = _VPC_PREFIX
    if not smallest <= network.prefixlen <= largest:
        yield problem(
            path, f"/{network.prefixlen} does not hold the seven subnets", f"use /{smallest} to /{largest}", "cidr"
        )
    if not network.is_private:
        yield problem(path, f"{network} is not a private range", "use 10/8, 172.16/12 or 192.168/16", "cidr")


def service_problems(
    environment: Environment, teams: Mapping[str, object], locate_service: Callable[[str], Locate]
) -> Iterator[Problem]:
    """What types alone cannot say about the services of one environment."""
    taken: dict[int, str] = {}
    for service in environment.services:

        def problem(path: KeyPath, what: str, fix: str, rule: str, service_id: str = service.id) -> Problem:
            where = locate_service(service_id)(path, False)
            return Problem(f"service `{service_id}`: {what}", where, fix=fix, rule=rule)

        if service.team not in teams:
            fix = did_you_mean(service.team, teams) or "declare it under `teams:`"
            yield problem(("team",), f"unknown team `{service.team}`", fix, "unknown-reference")
        low, high, step = _MEMORY_OF_CPU[service.cpu]
        if not low <= service.memory_mib <= high or service.memory_mib % step:
            what = f"Fargate has no task of {service.cpu} CPU units and {service.memory_mib} MiB"
            yield problem(("memory_mib",), what, f"{low} to {high} MiB in steps of {step}", "fargate-size")
        other = taken.setdefault(service.listener.priority, service.id)
        if other != service.id:
            what = f"listener priority {service.listener.priority} is taken by `{other}`"
            yield problem(("listener", "priority"), what, "give each service its own priority", "duplicate-priority")
        if service.health_check.timeout_s >= service.health_check.interval_s:
            what = "the health check's timeout is not shorter than its interval"
            yield problem(("health_check",), what, "lower timeout_s", "health-check")


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` wins; mappings are merged key by key, everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        before = merged.get(key)
        is_deep = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[key] = _merge(before, value) if is_deep else value  # type: ignore[arg-type]
    return merged
