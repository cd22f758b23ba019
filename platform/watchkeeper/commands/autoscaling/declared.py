"""What `autoscaling` verbs start from: the scaling of every service of an environment, with places."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from watchkeeper.autoscaling.lint import lint_scaling, lint_template
from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.autoscaling.lint.template.parts import Template
from watchkeeper.autoscaling.load import FOLDER, Declared, load_declared
from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Location, Problem, UsageError, did_you_mean
from watchkeeper.project.source import read_document


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, and the service that it belongs to; empty for one of a template."""

    problem: Problem
    service: str


def declared_scaling(session: Session, only: Path | None = None) -> list[Declared]:
    """The scaling of every service, or of the one whose file is `only`. Raises ConfigError with all problems."""
    names = [service.id for service in session.environment.services]
    if only is not None:
        names = [_service_of(only, names)]
    found: list[Declared] = []
    problems: list[Problem] = []
    for name in names:
        try:
            found.append(
                load_declared(
                    session.root, name, session.environment.name, known_environments=session.project.environments
                )
            )
        except ConfigError as err:
            problems += err.problems
    if problems:
        raise ConfigError(problems)
    return found


def _service_of(file: Path, names: Sequence[str]) -> str:
    if file.stem in names:
        return file.stem
    raise UsageError(
        f"{file} is not the scaling file of a service of this environment",
        did_you_mean(file.stem, names) or f"services: {', '.join(names)}",
    )


def findings(
    session: Session, declared: Sequence[Declared], templates: Iterable[Path], *, is_whole: bool
) -> list[Finding]:
    """Every lint finding, by file and line. is_whole: all services are given, so files without one are found too."""
    connections = {each.config.service: each.config.max * each.config.connections_per_task for each in declared}
    subjects = [
        Subject(
            declared=each,
            environment=session.environment,
            connections_elsewhere=sum(connections.values()) - connections[each.config.service],
            year=datetime.now(UTC).year,
        )
        for each in declared
    ]
    found = [Finding(problem, subject.config.service) for subject, problem in lint_scaling(subjects)]
    for path in templates:
        template = Template(read_document(path.parent, path.name))
        found += [Finding(_at(problem, path), "") for problem in lint_template(template)]
    if is_whole:
        found += [Finding(problem, "") for problem in _without_service(session)]
    return sorted(found, key=lambda each: (each.problem.where or Location(""), each.problem.rule))


def _at(problem: Problem, path: Path) -> Problem:
    """The place with the template's path as it was given."""
    assert problem.where is not None
    where = Location(str(path), problem.where.line, problem.where.column)
    return Problem(problem.what, where, fix=problem.fix, rule=problem.rule, severity=problem.severity)


def _without_service(session: Session) -> list[Problem]:
    known = {service.id for each in session.project.environments.values() for service in each.services}
    return [
        Problem(
            f"no environment has a service `{file.stem}`",
            Location(f"{FOLDER}/{file.name}"),
            fix=did_you_mean(file.stem, known) or "remove the file, or declare the service in watchkeeper.yaml",
            rule="unknown-service",
        )
        for file in sorted((session.root / FOLDER).glob("*.yaml"))
        if file.stem not in known
    ]
