"""`monitors/*.yaml` to monitors: rendered for one environment, typed, every problem at once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from annotated_types import Ge, Le

from watchkeeper.errors import ConfigError, Location, Problem, did_you_mean
from watchkeeper.monitors.links import linked_monitor, refers_to_monitors
from watchkeeper.monitors.model import KIND, Monitor, MonitorType, Urgency
from watchkeeper.monitors.options import MonitorOptions
from watchkeeper.project.identity import MAX_LENGTH, Identity
from watchkeeper.project.jinja_engine import Scope, TemplateEngine, read_partials
from watchkeeper.project.model import Environment, Project
from watchkeeper.project.source import Document, read_document
from watchkeeper.project.templates import Entry, environment_scope, expand
from watchkeeper.project.validate import STRICT, validate

FOLDER: Final = "monitors"
REFERENCES: Final = (KIND,)
"""To which kinds of objects a monitor may refer."""

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What a monitor may say in its file."""

    __pydantic_config__ = STRICT

    id: str
    name: str
    type: MonitorType
    query: str
    message: str
    urgency: Urgency
    runbook: str = ""
    team: str | None = None
    tags: tuple[str, ...] = ()
    priority: Annotated[int, Ge(1), Le(5)] | None = None
    options: MonitorOptions = field(default_factory=MonitorOptions)
    moved_from: tuple[str, ...] = ()


def monitor_files(root: Path, only: Path | None = None) -> list[str]:
    """The monitor templates of a project, relative to its root; only those at or below `only` when it is given."""
    base = root / FOLDER
    found = sorted(path for path in base.glob("*.y*ml") if path.suffix in (".yaml", ".yml"))
    if only is not None:
        target = only if only.is_absolute() or only.exists() else root / only
        found = [path for path in found if path.resolve().is_relative_to(target.resolve())]
    return [path.relative_to(root).as_posix() for path in found]


def load_monitors(project: Project, environment: Environment, only: Path | None = None) -> list[Monitor]:
    """Every monitor that an environment gets, in the order of files and entries.

    only: a file or folder to which the answer is limited. Raises ConfigError with all problems of all files.
    """
    monitors: list[Monitor] = []
    problems: list[Problem] = []
    scope = environment_scope(project, environment)
    with TemplateEngine(read_partials(project.root, FOLDER), references=REFERENCES) as engine:
        for file in monitor_files(project.root, only):
            try:
                document = read_document(project.root, file)
                monitors += monitors_of(document, project, environment, scope, engine)
            except ConfigError as err:
                problems += [problem for problem in err.problems if problem not in problems]
    problems += _duplicates(monitors)
    known = {monitor.identity for monitor in monitors}
    if only is not None and any(refers_to_monitors(monitor) for monitor in monitors):
        known |= {monitor.identity for monitor in load_monitors(project, environment)}
    linked = [linked_monitor(monitor, known, problems) for monitor in monitors]
    if problems:
        raise ConfigError(problems)
    return linked


def monitors_of(
    document: Document, project: Project, environment: Environment, scope: Scope, engine: TemplateEngine
) -> list[Monitor]:
    """The monitors of one file, in their order. Raises ConfigError with all problems of the file."""
    monitors: list[Monitor] = []
    problems = list(_unknown_sections(document))
    for entry in expand(document, "monitors", scope, engine):
        try:
            monitors.append(_monitor(entry, project, environment))
        except ConfigError as err:
            problems += [problem for problem in err.problems if problem not in problems]
    if problems:
        raise ConfigError(problems)
    return monitors


def _unknown_sections(document: Document) -> Iterator[Problem]:
    if not isinstance(document.data, Mapping):
        yield Problem("a monitor file is a mapping", Location(document.file), fix="start with `monitors:`")
        return
    for key, value in document.data.items():
        if key != "monitors":
            fix = did_you_mean(key, ["monitors"]) or "the monitors stand under `monitors:`"
            yield Problem(f"unknown key `{key}`", document.at_key((key,)), fix=fix, rule="unknown-key")
        elif not isinstance(value, list):
            yield Problem("`monitors` must be a list", document.at((key,)), fix="write `- id: ...`", rule="wrong-value")


def _monitor(entry: Entry, project: Project, environment: Environment) -> Monitor:
    found = validate(Declaration, entry.data, entry.locate, what=f"monitor `{entry.data.get('id', '?')}`")
    identity = Identity(project.name, environment.name, entry.service, found.id)
    problems = list(_problems(found, identity, entry, project))
    if problems:
        raise ConfigError(problems)
    team = found.team if found.team is not None else _team_of(entry)
    options = entry.data.get("options") or {}
    return Monitor(
        identity=identity,
        name=found.name.strip(),
        type=found.type,
        query=found.query.strip(),
        message=found.message.strip(),
        urgency=found.urgency,
        runbook=found.runbook,
        team=team,
        tags=found.tags,
        priority=found.priority,
        options={key: value for key, value in options.items() if value is not None},
        moved_from=tuple(_former(name, identity) for name in found.moved_from),
        entry=entry,
    )


def _team_of(entry: Entry) -> str:
    team = entry.names.get("team")
    return str(team["id"]) if isinstance(team, Mapping) else ""


def _former(name: str, identity: Identity) -> Identity:
    """A former name: an id of the same service, or `service/id`."""
    service, _, plain = name.rpartition("/")
    return Identity(identity.project, identity.env, service or identity.service, plain)


def _problems(found: Declaration, identity: Identity, entry: Entry, project: Project) -> Iterator[Problem]:
    if not _ID.fullmatch(found.id):
        fix = "use lower-case letters, digits and `-`, at most 64"
        yield Problem(f"`{found.id}` cannot be the id of a monitor", entry.where("id"), fix=fix, rule="name")
    if len(identity.tag) > MAX_LENGTH:
        fix = "shorten the id"
        yield Problem(f"the tag `{identity.tag}` is longer than {MAX_LENGTH}", entry.where("id"), fix=fix, rule="name")
    if found.team is not None and found.team not in project.teams:
        fix = did_you_mean(found.team, project.teams) or "declare it in watchkeeper.yaml"
        yield Problem(f"unknown team `{found.team}`", entry.where("team"), fix=fix, rule="unknown-reference")
    for index, tag in enumerate(found.tags):
        if tag.split(":")[0] in ("env", "service", "team", "managed_by", "watchkeeper_id"):
            fix = "remove it; watchkeeper sets this tag itself"
            yield Problem(f"the tag `{tag}` is reserved", entry.where("tags", index), fix=fix, rule="reserved-tag")


def _duplicates(monitors: list[Monitor]) -> Iterator[Problem]:
    seen: dict[Identity, Monitor] = {}
    for monitor in monitors:
        other = seen.setdefault(monitor.identity, monitor)
        if other is not monitor:
            what = f"duplicate monitor `{monitor.identity.short}`; the other one is at {other.where}"
            yield Problem(what, monitor.where, fix="give it an id of its own", rule="duplicate-id")
