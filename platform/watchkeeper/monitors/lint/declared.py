"""Monitors of the project's own files as subjects of the rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchkeeper.errors import Location
from watchkeeper.monitors.codec import encode_monitor
from watchkeeper.monitors.lint.subject import Subject, read_query
from watchkeeper.monitors.model import Monitor
from watchkeeper.monitors.slo.codec import encode_slo
from watchkeeper.monitors.slo.model import SLO
from watchkeeper.project.placing import line_and_column
from watchkeeper.project.source import KeyPath
from watchkeeper.project.templates import Entry


@dataclass(frozen=True, slots=True)
class _EntryPlaces:
    """The places of a rendered entry of a template."""

    entry: Entry

    @property
    def file(self) -> str:
        return self.entry.document.file

    def where(self, path: KeyPath, *, key: bool = False) -> Location:
        return self.entry.where(*path, key=key)

    def span(self, path: KeyPath, *, key: bool = False) -> tuple[int, int] | None:
        return self.entry.document.span(self.entry.source_path(path), key=key)

    def index_inside(self, path: KeyPath, text: str, offset: int) -> tuple[int, bool] | None:
        return self.entry.index_inside(path, text, offset)

    def at(self, index: int) -> Location:
        return Location(self.file, *line_and_column(self.entry.document.text, index))


def subject_of(monitor: Monitor, handles: Sequence[str] | None = None) -> Subject:
    """A declared monitor as the rules see it. handles: with their `@`, as the routes give them."""
    return Subject(
        label=monitor.identity.short,
        body=encode_monitor(monitor, handles or ()),
        query=read_query(monitor.query, monitor.type),
        declared=monitor.message,
        urgency=monitor.urgency,
        runbook=monitor.runbook,
        handles=None if handles is None else tuple(handles),
        env=monitor.env,
        service=monitor.service,
        places=_EntryPlaces(monitor.entry),
    )


def slo_subject(slo: SLO) -> Subject:
    """A declared objective as the rules see it."""
    return Subject(
        kind="slo",
        label=slo.identity.short,
        body=encode_slo(slo),
        query=None,
        declared="",
        env=slo.env,
        service=slo.service,
        places=_EntryPlaces(slo.entry),
    )


def declared_slos(slos: Sequence[SLO]) -> Mapping[str, Mapping[str, Any]]:
    """Objectives as Datadog's JSON, by the names that queries give them."""
    return {slo.identity.short: encode_slo(slo) for slo in slos}


def sources_of(declared: Iterable[Monitor | SLO]) -> Mapping[str, str]:
    """The text of every file that monitors and objectives come from."""
    return {each.entry.document.file: each.entry.document.text for each in declared}
