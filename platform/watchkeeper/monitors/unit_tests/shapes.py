"""What may stand in a file of monitor tests."""

from dataclasses import dataclass
from typing import Annotated, Final

from annotated_types import Ge

from watchkeeper.monitors.rules import State
from watchkeeper.project.validate import STRICT
from watchkeeper.query.series import Kind

DEFAULT_INTERVAL: Final = "60s"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesShape:
    """A series: of a metric, of the logs that a search finds, or of the runs of a service check."""

    __pydantic_config__ = STRICT

    values: str | int | float
    metric: str = ""
    logs: str = ""
    check: str = ""
    tags: tuple[str, ...] = ()
    kind: Kind | None = None
    interval: str | int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DowntimeShape:
    """When and whom it mutes. start, end: from the test's start; with an rrule, start is that of the first time."""

    __pydantic_config__ = STRICT

    start: str
    end: str | None = None
    scope: str = "*"
    monitor_tags: tuple[str, ...] = ("*",)
    rrule: str | None = None
    duration: str | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberShape:
    """A monitor of a composite: one that is declared or exported, or its states minute by minute."""

    __pydantic_config__ = STRICT

    id: int | str
    monitor: str = ""
    states: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationShape:
    """What is to be seen at an instant."""

    __pydantic_config__ = STRICT

    at: str | int
    group: str | tuple[str, ...] | None = None
    state: State | None = None
    value: float | None = None
    title: str | None = None
    message: str | None = None
    reaches: str | tuple[str, ...] | None = None
    notices: Annotated[int, Ge(0)] | None = None
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TestShape:
    """One test."""

    __pydantic_config__ = STRICT

    name: str
    monitor: str
    expect: tuple[ExpectationShape, ...]
    env: str | None = None
    start: str | int | None = None
    interval: str | int = DEFAULT_INTERVAL
    series: tuple[SeriesShape, ...] = ()
    downtimes: tuple[DowntimeShape, ...] = ()
    members: tuple[MemberShape, ...] = ()
    skip: str = ""
