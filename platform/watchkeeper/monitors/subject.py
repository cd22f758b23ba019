"""A monitor under test: what Datadog would be sent, and whom routing lets it reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.errors import Location
from watchkeeper.monitors.alerting import monitor_rules
from watchkeeper.monitors.message import Rendered, render_transition
from watchkeeper.monitors.slo.objective import Slos
from watchkeeper.monitors.state import Transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One monitor of one environment, declared here or exported from Datadog.

    id: as people say it, `api/edge-5xx`. declaration: the id without its service; several subjects may share it.
    definition: Datadog's JSON. reaches: what routing gives (`pagerduty:api-prod`); None where the
    message alone decides. slos: the objectives that its query may name, as the query names them.
    """

    id: str
    declaration: str
    env: str
    definition: Mapping[str, Any]
    reaches: tuple[str, ...] | None = None
    slos: Slos = field(default_factory=dict)
    where: Location | None = field(default=None, compare=False)


def render_for(subject: Subject, transition: Transition) -> Rendered:
    """Title and message of a transition as people receive them. Raises MessageSyntaxError."""
    body = subject.definition
    return render_transition(
        str(body.get("name") or ""),
        str(body.get("message") or ""),
        transition,
        tags=[str(tag) for tag in body.get("tags") or ()],
        warning=monitor_rules(body).warning,
    )


def reached(subject: Subject, rendered: Rendered) -> tuple[str, ...]:
    """Whom a rendered transition reaches, as tests and traces write it."""
    if subject.reaches is not None:
        return subject.reaches
    return tuple(_as_reached(handle) for handle in rendered.recipients)


def _as_reached(handle: str) -> str:
    kind, _, rest = handle.partition("-")
    if kind == "pagerduty" and rest:
        return f"pagerduty:{rest}"
    if kind == "slack" and rest:
        return f"slack:{rest}"
    return handle if "@" not in handle else f"email:{handle}"
