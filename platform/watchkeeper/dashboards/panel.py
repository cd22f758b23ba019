"""A dashboard's charts with their points, for pages that need no Datadog to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from watchkeeper.dashboards.model import Dashboard, Display, Threshold

Point = tuple[int, float | None]
"""Unix seconds and a value; None where nothing was measured."""


class Points(Protocol):
    """Where the points of a query come from."""

    def read(self, query: str, start: int, end: int) -> Sequence[tuple[str, Sequence[Point]]]:
        """For each group of the query its name (empty without groups) and its points. Raises RemoteError."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart."""

    label: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart."""

    title: str
    unit: str
    lines: Sequence[Line]
    display: Display = "line"
    thresholds: Sequence[Threshold] = ()


@dataclass(frozen=True, slots=True)
class PanelGroup:
    """The charts of one layer."""

    title: str
    panels: Sequence[Panel]


def read_panels(dashboard: Dashboard, source: Points, start: int, end: int) -> list[PanelGroup]:
    """Every chart of a dashboard with its points in [start, end), Unix seconds."""
    groups = []
    for group in dashboard.groups:
        panels = []
        for widget in group.widgets:
            lines = [
                Line(name or query.label, points)
                for query in widget.queries
                for name, points in source.read(query.query, start, end)
            ]
            panels.append(Panel(widget.title, widget.unit, lines, widget.display, widget.thresholds))
        groups.append(PanelGroup(group.title, panels))
    return groups
