"""What `monitors` verbs start from: the monitors of an environment, and where their alerts go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Problem
from watchkeeper.monitors.codec import encode_monitor
from watchkeeper.monitors.load import load_monitors
from watchkeeper.monitors.model import Monitor
from watchkeeper.routing.routes import Route, handles, load_routes


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
