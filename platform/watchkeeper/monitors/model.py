"""A monitor as the repository declares it, rendered for one environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from watchkeeper.errors import Location
from watchkeeper.project.identity import Identity
from watchkeeper.project.templates import Entry

Urgency = Literal["page", "notify"]
"""page: somebody is called, at any hour. notify: somebody reads it in the working day."""

MonitorType = Literal[
    "audit alert",
    "ci-pipelines alert",
    "ci-tests alert",
    "composite",
    "cost alert",
    "data-quality alert",
    "database-monitoring alert",
    "error-tracking alert",
    "event alert",
    "event-v2 alert",
    "log alert",
    "metric alert",
    "network-path alert",
    "network-performance alert",
    "process alert",
    "query alert",
    "rum alert",
    "service check",
    "slo alert",
    "synthetics alert",
    "trace-analytics alert",
]

KIND: Final = "monitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """One monitor of one environment.

    query, message: as declared; the message without runbook and handles. options: Datadog's own names and values.
    service, team: empty where it belongs to none. entry: where each part stands in the file.
    """

    identity: Identity
    name: str
    type: MonitorType
    query: str
    message: str
    urgency: Urgency
    runbook: str = ""
    team: str = ""
    tags: tuple[str, ...] = ()
    priority: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    moved_from: tuple[Identity, ...] = ()
    entry: Entry = field(compare=False, repr=False)

    @property
    def service(self) -> str:
        """The service it watches; empty where it watches the environment as a whole."""
        return self.identity.service

    @property
    def env(self) -> str:
        """The environment it watches."""
        return self.identity.env

    @property
    def where(self) -> Location:
        """Where it is declared."""
        return self.entry.where("id")
