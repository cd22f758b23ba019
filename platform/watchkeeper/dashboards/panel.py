"""A dashboard's charts with their points, for pages that need no Datadog to be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from watchkeeper.dashboards.model import Dashboard, Display, Threshold, Widget

Point = tuple[int, float | None]
"""Unix seconds and a value; None where nothing was measured."""


class RefusedError(ValueError):
    """A query whose points are not given; the text is the reason."""


class Points(Protocol):
    """Where the points of a query come from."""

    def read(self, query: str, start: int, end: int) -> Sequence[tuple[str, Sequence[Point]]]:
        """For each group of the query its name (empty without groups) and its points.

        Raises RefusedError for this one query, RemoteError where none can be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart."""

    label: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart. refused: why lines are missing from it."""

    title: str
    unit: str
    lines: Sequence[Line]
    display: Display = "line"
    thresholds: Sequence[Threshold] = ()
    refused: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class PanelGroup:
    """The charts of one layer."""

    title: str
    panels: Sequence[Panel]


def read_panels(dashboard: Dashboard, source: Points, start: int, end: int) -> list[PanelGroup]:
    """Every chart of a dashboard, its points in [start, end), Unix seconds; a refused query costs only its lines."""
    return [
        PanelGroup(group.title, [_panel(widget, source, start, end) for widget in group.widgets])
        for group in dashboard.groups
    ]


def _panel(widget: Widget, source: Points, start: int, end: int) -> Panel:
    lines: list[Line] = []
    refused: list[str] = []
    for query in widget.queries:
        try:
            lines += [Line(name or query.label, points) for name, points in source.read(query.query, start, end)]
        except RefusedError as err:
            refused.append(f"{query.label}: {err}")
    return Panel(widget.title, widget.unit, lines, widget.display, widget.thresholds, refused)
