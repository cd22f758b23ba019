"""`monitors/*.yaml` to monitors and objectives: rendered for one environment, typed, every problem at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from annotated_types import Ge, Le

from watchkeeper.errors import ConfigError, Problem
from watchkeeper.monitors.declaring import former, naming_problems, team_of
from watchkeeper.monitors.links import linked_monitor
from watchkeeper.monitors.model import KIND, Monitor, MonitorType, Urgency
from watchkeeper.monitors.options import MonitorOptions
from watchkeeper.monitors.slo.load import duplicate_slos, reference_problems, slo_of
from watchkeeper.monitors.slo.model import SLO
from watchkeeper.project.identity import Identity
from watchkeeper.project.jinja_engine import Scope, TemplateEngine, read_partials
from watchkeeper.project.model import Environment, Project
from watchkeeper.project.source import Document, read_document
from watchkeeper.project.templates import Entry, environment_scope, expand, shape_problems
from watchkeeper.project.validate import STRICT, validate

FOLDER: Final = "monitors"
SECTIONS: Final = ("monitors", "slos")
REFERENCES: Final = (KIND,)
"""To which kinds of objects a monitor may refer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A monitor as its file declares it.

    id: unique for its service; lower-case letters, digits and `-`, at most 64; a rename is declared with
    `moved_from`. name: the title of the notification. type: as Datadog spells it. query: in Datadog's language; one
    with `>` ends with the critical threshold. message: Datadog's markup with `{{value}}` and `{{#is_alert}}`;
    runbook and handles are added to it. urgency: `page` calls somebody at any hour, `notify` is read in the working
    day; routes decide where it goes. runbook: link that is added to the message. team: who owns it; the service's
    where left out. tags: further ones, `name:value`; `env`, `service` and `team` come by themselves. priority:
    Datadog's P1 to P5. options: Datadog's own options by Datadog's names. moved_from: former ids, `id` or
    `service/id`, so that the existing monitor is kept.
    """

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


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the templates of an environment declare. monitors: those that objectives ask for too."""

    monitors: Sequence[Monitor] = ()
    slos: Sequence[SLO] = ()


def load_monitors(project: Project, environment: Environment, only: Path | None = None) -> list[Monitor]:
    """Every monitor that an environment gets, in the order of files and entries.

    only: a file or folder to which the answer is limited. Raises ConfigError with all problems of all files.
    """
    return list(load_declared(project, environment, only).monitors)


def load_declared(project: Project, environment: Environment, only: Path | None = None) -> Loaded:
    """Monitors and objectives. only: limits the monitors; every objective is known, whatever file it stands in.

    Raises ConfigError with all problems, of the files of `only` where it is given.
    """
    found: list[Loaded] = []
    chosen: list[Loaded] = []
    problems: list[Problem] = []
    scope = environment_scope(project, environment)
    wanted, files = monitor_files(project.root, only), monitor_files(project.root)
    with TemplateEngine(read_partials(project.root, FOLDER), references=REFERENCES) as engine:
        for file in files:
            try:
                document = read_document(project.root, file)
                found.append(declared_in(document, project, environment, scope, engine))
            except ConfigError as err:
                problems += [each for each in err.problems if each not in problems and _is_of(each, wanted)]
            else:
                chosen += [found[-1]] if file in wanted else []
    monitors = [monitor for each in found for monitor in each.monitors]
    slos = [slo for each in found for slo in each.slos]
    known = {monitor.identity for monitor in monitors}
    unknown: list[Problem] = []
    linked = [linked_monitor(monitor, known, unknown) for each in chosen for monitor in each.monitors]
    across = [*_duplicates(monitors), *duplicate_slos(slos)]
    # What a file with problems would declare is not known, so that nobody's reference to it is wrong.
    across += [*unknown, *reference_problems(slos, monitors)] if len(found) == len(files) else []
    problems += [each for each in across if _is_of(each, wanted)]
    if problems:
        raise ConfigError(problems)
    return Loaded(linked, slos)


def _is_of(problem: Problem, files: Sequence[str]) -> bool:
    return problem.where is None or problem.where.file in files or not problem.where.file.startswith(f"{FOLDER}/")


def declared_in(
    document: Document, project: Project, environment: Environment, scope: Scope, engine: TemplateEngine
) -> Loaded:
    """The monitors and objectives of one file, in their order. Raises ConfigError with all problems of the file."""
    monitors: list[Monitor] = []
    slos: list[SLO] = []
    hint = "monitors stand under `monitors:`, objectives under `slos:`"
    problems = list(shape_problems(document, SECTIONS, "a monitor file", hint))

    def keep(read: Callable[[Entry], None], section: str) -> None:
        try:
            entries = expand(document, section, scope, engine)
        except ConfigError as err:
            problems.extend(problem for problem in err.problems if problem not in problems)
            return
        for entry in entries:
            try:
                read(entry)
            except ConfigError as err:
                problems.extend(problem for problem in err.problems if problem not in problems)

    def read_slo(entry: Entry) -> None:
        slo, alerts = slo_of(entry, project, environment)
        slos.append(slo)
        monitors.extend(alerts)

    keep(lambda entry: monitors.append(_monitor(entry, project, environment)), "monitors")
    keep(read_slo, "slos")
    if problems:
        raise ConfigError(problems)
    return Loaded(monitors, slos)


def _monitor(entry: Entry, project: Project, environment: Environment) -> Monitor:
    found = validate(Declaration, entry.data, entry.locate, what=f"monitor `{entry.data.get('id', '?')}`")
    identity = Identity(project.name, environment.name, entry.service, found.id)
    problems = list(naming_problems(found, identity, entry, project, "a monitor"))
    if problems:
        raise ConfigError(problems)
    team = found.team if found.team is not None else team_of(entry)
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
        moved_from=tuple(former(name, identity) for name in found.moved_from),
        entry=entry,
    )


def _duplicates(monitors: list[Monitor]) -> Iterator[Problem]:
    seen: dict[Identity, Monitor] = {}
    for monitor in monitors:
        other = seen.setdefault(monitor.identity, monitor)
        if other is not monitor:
            what = f"duplicate monitor `{monitor.identity.short}`; the other one is at {other.where}"
            yield Problem(what, monitor.where, fix="give it an id of its own", rule="duplicate-id")
