"""What `monitors` verbs start from: the monitors of an environment, and where their alerts go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, Problem
from watchkeeper.monitors.codec import encode_monitor
from watchkeeper.monitors.load import Loaded, load_declared
from watchkeeper.monitors.model import Monitor
from watchkeeper.monitors.slo.codec import encode_slo
from watchkeeper.monitors.slo.load import short_names
from watchkeeper.monitors.slo.model import KIND, SLO
from watchkeeper.monitors.slo.naming import is_remote_id, objective_of, slo_query, with_reference
from watchkeeper.routing.routes import Route, handles, load_routes


@dataclass(frozen=True, slots=True)
class Declared:
    """The monitors of one environment with the routes they take, and its objectives."""

    monitors: Sequence[Monitor]
    routes: Sequence[Route]
    slos: Sequence[SLO] = ()

    def body(self, monitor: Monitor) -> Mapping[str, Any]:
        """A monitor as Datadog receives it, handles included."""
        return encode_monitor(monitor, [handle.mention for handle in handles(self.routes, monitor)])

    def slo_of(self, monitor: Monitor) -> tuple[str, SLO] | None:
        """The declared objective that the query of an `slo alert` names, and how; None where it names none of them."""
        query = slo_query(monitor.query, monitor.type)
        if query is None or is_remote_id(query.slo.plain):
            return None
        found = objective_of(query.slo.plain, monitor.service, short_names(self.slos))
        return None if found is None else (query.slo.plain, found)

    def objectives(self, monitor: Monitor) -> Mapping[str, Mapping[str, Any]]:
        """What an `slo alert` is evaluated by: the JSON of its objective, by the name that the query gives it."""
        found = self.slo_of(monitor)
        return {} if found is None else {found[0]: encode_slo(found[1])}

    def synced_body(self, monitor: Monitor) -> Mapping[str, Any]:
        """As `body`, with a reference where the query names a declared objective."""
        query, found = slo_query(monitor.query, monitor.type), self.slo_of(monitor)
        if query is None or found is None:
            return self.body(monitor)
        return {**self.body(monitor), "query": with_reference(monitor.query, query, found[1].identity, KIND)}


def declared_monitors(session: Session, only: Path | None = None) -> Declared:
    """Load both. Raises ConfigError with all problems."""
    problems: list[Problem] = []
    loaded = Loaded()
    routes: Sequence[Route] = ()
    try:
        loaded = load_declared(session.project, session.environment, only)
    except ConfigError as err:
        problems += err.problems
    try:
        routes = load_routes(session.project, session.environment)
    except ConfigError as err:
        problems += err.problems
    if problems:
        raise ConfigError(problems)
    return Declared(loaded.monitors, routes, loaded.slos)
