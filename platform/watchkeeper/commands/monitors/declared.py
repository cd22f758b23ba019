"""What `monitors` verbs start from: the monitors of an environment, and where their alerts go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Problem
from watchkeeper.monitors.codec import encode_monitor
from watchkeeper.monitors.lint import lint_monitors
from watchkeeper.monitors.load import load_monitors
from watchkeeper.monitors.model import Monitor
from watchkeeper.routing.routes import Route, handles, load_routes, unrouted


@dataclass(frozen=True, slots=True)
class Declared:
    """The monitors of one environment with the routes they take."""

    monitors: Sequence[Monitor]
    routes: Sequence[Route]

    def body(self, monitor: Monitor) -> Mapping[str, Any]:
        """A monitor as Datadog receives it, handles included."""
        return encode_monitor(monitor, [handle.mention for handle in handles(self.routes, monitor)])


def declared_monitors(session: Session, only: Path | None = None) -> Declared:
    """Load both. Raises ConfigError with all problems."""
    problems: list[Problem] = []
    monitors: Sequence[Monitor] = ()
    routes: Sequence[Route] = ()
    try:
        monitors = load_monitors(session.project, session.environment, only)
    except ConfigError as err:
        problems += err.problems
    try:
        routes = load_routes(session.project, session.environment)
    except ConfigError as err:
        problems += err.problems
    if problems:
        raise ConfigError(problems)
    return Declared(monitors, routes)


def findings(declared: Declared) -> list[tuple[Monitor | None, Problem]]:
    """Every lint finding, by file and line; a monitor that reaches nobody is one."""
    found: list[tuple[Monitor | None, Problem]] = list(lint_monitors(declared.monitors))
    found += [(None, problem) for problem in unrouted(declared.routes, declared.monitors)]
    unique = {(problem.where, problem.what, problem.rule): (monitor, problem) for monitor, problem in found}
    return sorted(unique.values(), key=lambda item: (str(item[1].where), item[1].rule))


def refuse_errors(declared: Declared, tolerated: Collection[str] = ()) -> None:
    """Raise ConfigError when lint finds an error: nothing is sent that would page the wrong way."""
    errors = [
        problem for _, problem in findings(declared) if problem.severity == "error" and problem.rule not in tolerated
    ]
    if errors:
        raise ConfigError(errors)
