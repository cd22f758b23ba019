"""A dashboard as the repository declares it, rendered for one environment."""

from dataclasses import dataclass, field
from typing import Final, Literal

from watchkeeper.errors import Location
from watchkeeper.project.identity import Identity

KIND: Final = "dashboard"
Display = Literal["line", "area", "bars"]


@dataclass(frozen=True, slots=True)
class Query:
    """One line of a chart. label: how it is called; groups of the query add their own names."""

    query: str
    label: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A monitor's threshold on a chart. comparator: on which side it fires, such as `>`."""

    monitor: str
    comparator: str
    value: float
    severity: Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Widget:
    """One chart. unit: as people read it on the axis."""

    title: str
    queries: tuple[Query, ...]
    unit: str = ""
    display: Display = "line"
    thresholds: tuple[Threshold, ...] = ()


@dataclass(frozen=True, slots=True)
class WidgetGroup:
    """The charts of one layer."""

    title: str
    widgets: tuple[Widget, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """One dashboard of one environment."""

    identity: Identity
    title: str
    description: str = ""
    groups: tuple[WidgetGroup, ...]
    where: Location = field(compare=False)
