"""`watchkeeper.yaml` to a Project: profiles and overrides merged, everything checked, all problems at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from watchkeeper.errors import ConfigError, Location, Problem, UsageError, did_you_mean
from watchkeeper.project.checks import environment_problems, overlap_problems, owner_problems, service_problems
from watchkeeper.project.flows import Flow, merged_flows
from watchkeeper.project.model import LOCAL, Datadog, Environment, Project, Service, Team
from watchkeeper.project.source import Document, KeyPath, read_document
from watchkeeper.project.validate import STRICT, Locate, locate_in, validate

PROJECT_FILE: Final = "watchkeeper.yaml"

_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """Who owns what, where it runs, and how large.

    project: the name of the whole, part of tags and names; lower-case letters, digits and `-`, a letter first, at
    most 40. teams: who owns services, by id. services: what runs in every environment that does not say otherwise,
    by id. environments: where it runs, by name; `local`, the sandbox, is one of them. profiles: settings that
    several environments share, by name. flows: the connections that environments need, by name; `watchkeeper env
    reach` proves them. vars: further names, which templates use as `vars.*`.
    """

    __pydantic_config__ = STRICT

    project: str
    datadog: Datadog
    teams: Mapping[str, Mapping[str, Any]]
    services: Mapping[str, Mapping[str, Any]]
    environments: Mapping[str, Mapping[str, Any]]
    profiles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    flows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    vars: Mapping[str, Any] = field(default_factory=dict)


def load_project(root: Path) -> Project:
    """The project that `root/watchkeeper.yaml` declares.

    Raises UsageError where there is no such file, ConfigError with every problem of the file.
    """
    if not (root / PROJECT_FILE).is_file():
        where = "the working directory" if root == Path() else str(root)
        fix = "run the command in a project's folder, or name one with --project DIR"
        raise UsageError(f"there is no {PROJECT_FILE} in {where}", fix)
    return build_project(read_document(root, PROJECT_FILE), root)


def build_project(document: Document, root: Path) -> Project:
    """The project of an already parsed file. Raises ConfigError with every problem."""
    data = document.data if isinstance(document.data, dict) else {}
    file = validate(ProjectFile, data, locate_in((document, ())), what=PROJECT_FILE)
    return _Loader(document, file, root).load()


class _Loader:
    """Collects problems over the whole file and raises them together."""

    def __init__(self, document: Document, file: ProjectFile, root: Path) -> None:
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
        self.problems.extend(overlap_problems(environments.values(), self._locator))
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
        for section in ("teams", "services", "flows", "environments"):
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
            if not isinstance(profile, str) or profile not in self.file.profiles:
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
        services = self._services(name, raw.pop("services", {}), raw.pop("every_service", {}), paths)
        raw["services"] = services
        raw["flows"] = self._flows(raw.get("flows", {}), f"environment `{name}`", paths)
        found: Environment | None = self._value(Environment, {**raw, "name": name}, f"environment `{name}`", *paths)
        return found

    def _services(self, name: str, overrides: object, shared: object, paths: list[KeyPath]) -> list[Any]:
        """The services of one environment as plain data; those that are wrong are reported and left out.

        shared: what the environment or its profile says of every service; what it says of one wins over it.
        """
        for key, value in (("services", overrides), ("every_service", shared)):
            if not isinstance(value, Mapping):
                where = self.document.at((*paths[0], key))
                self._report(f"`{key}` must be a mapping", where, "", "wrong-value")
                return []
        assert isinstance(overrides, Mapping)
        assert isinstance(shared, Mapping)
        for service_id in overrides:
            if service_id not in self.file.services:
                fix = did_you_mean(service_id, self.file.services) or "declare it under `services:`"
                locate = locate_in(*((self.document, path) for path in paths))
                where = locate(("services", service_id), True)
                what = f"environment `{name}` overrides the unknown service `{service_id}`"
                self._report(what, where, fix, "unknown-reference")
        result: list[Any] = []
        for service_id, base in self.file.services.items():
            override = {} if overrides.get(service_id) is None else overrides[service_id]
            if override is False or (isinstance(override, Mapping) and override.get("runs") is False):
                continue
            if not isinstance(override, Mapping):
                where = locate_in(*((self.document, path) for path in paths))(("services", service_id), False)
                what = f"`{service_id}` must be a mapping of settings, or `false` where it does not run"
                self._report(what, where, "", "wrong-value")
                continue
            own = {key: value for key, value in override.items() if key != "runs"}
            merged = _merge(_merge(base, shared), own)
            merged.setdefault("name", service_id)
            merged["id"] = service_id
            service_paths = [(*path, "services", service_id) for path in paths]
            service_paths += [*((*path, "every_service") for path in paths), ("services", service_id)]
            what = f"service `{service_id}` in `{name}`" if override or shared else f"service `{service_id}`"
            if self._value(Service, merged, what, *service_paths) is not None:
                result.append(merged)
        return result

    def _flows(self, overrides: object, what: str, paths: list[KeyPath]) -> list[Any]:
        """The needed flows of one environment as plain data; those that are wrong are reported and left out."""
        if not isinstance(overrides, Mapping):
            self._report("`flows` must be a mapping", self.document.at((*paths[0], "flows")), "", "wrong-value")
            return []
        for name, override in overrides.items():
            if not isinstance(override, Mapping):
                where = locate_in(*((self.document, path) for path in paths))(("flows", name), False)
                self._report(f"`{name}` must be a mapping", where, "`needed: false` takes a flow out", "wrong-value")
        said = {name: override for name, override in overrides.items() if isinstance(override, Mapping)}
        flows = merged_flows(self.file.flows, said)
        places = {name: [*((*path, "flows", name) for path in paths), ("flows", name)] for name in flows}
        return [
            flow
            for name, flow in flows.items()
            if self._value(Flow, flow, f"flow `{name}` of {what}", *places[name]) is not None
        ]

    def _layers(self, name: str) -> list[KeyPath]:
        """Where the settings of an environment stand: its own block, then its profile's."""
        profile = self.file.environments[name].get("profile")
        return [("environments", name), *([("profiles", profile)] if profile else [])]

    def _locator(self, name: str) -> Locate:
        return locate_in(*((self.document, layer) for layer in self._layers(name)))

    def _check_environment(self, environment: Environment) -> None:
        paths = self._layers(environment.name)

        def locate_service(service_id: str) -> Locate:
            own = [(*base, "services", service_id) for base in paths]
            shared = [(*base, "every_service") for base in paths]
            return locate_in(*((self.document, layer) for layer in (*own, *shared, ("services", service_id))))

        locate = self._locator(environment.name)
        problems = [
            *environment_problems(environment, locate),
            *owner_problems(environment, self.file.teams, locate),
            *service_problems(environment, self.file.teams, locate_service),
        ]
        self.problems.extend(problem for problem in problems if problem not in self.problems)


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` wins; mappings are merged key by key, everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        before = merged.get(key)
        is_deep = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[key] = _merge(before, value) if is_deep else value  # type: ignore[arg-type]
    return merged
