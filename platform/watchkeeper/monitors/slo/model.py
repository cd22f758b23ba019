"""An objective as the repository declares it, rendered for one environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from watchkeeper.errors import Location
from watchkeeper.project.identity import Identity
from watchkeeper.project.templates import Entry
from watchkeeper.project.validate import STRICT

SloType = Literal["metric", "monitor", "time_slice"]
"""Of what the share is taken: events that were counted, time in which monitors were quiet, slices of time."""
Timeframe = Literal["7d", "30d", "90d"]

KIND: Final = "slo"
DAYS: Final[Mapping[str, int]] = {"7d": 7, "30d": 30, "90d": 90}


@dataclass(frozen=True, slots=True, kw_only=True)
class SloThreshold:
    """What is aimed at over a rolling time-frame.

    timeframe: the days that count. target: percent, 99.9 and not 0.999. warning: percent, higher than the target;
    below it the budget is nearly used up.
    """

    __pydantic_config__ = STRICT

    timeframe: Timeframe
    target: float
    warning: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SLO:
    """One objective of one environment, in Datadog's own words.

    query: numerator and denominator, of type `metric`. monitor_ids: Datadog's numbers, or declared monitors.
    sli_specification: as Datadog's API takes it. team: empty where it belongs to none.
    """

    identity: Identity
    name: str
    type: SloType
    thresholds: tuple[SloThreshold, ...]
    description: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    monitor_ids: tuple[int | Identity, ...] = ()
    groups: tuple[str, ...] = ()
    sli_specification: Mapping[str, Any] = field(default_factory=dict)
    team: str = ""
    tags: tuple[str, ...] = ()
    moved_from: tuple[Identity, ...] = ()
    entry: Entry = field(compare=False, repr=False)

    @property
    def service(self) -> str:
        """The service it is promised for; empty where it is the environment as a whole."""
        return self.identity.service

    @property
    def env(self) -> str:
        """The environment in which it is measured."""
        return self.identity.env

    @property
    def where(self) -> Location:
        """Where it is declared."""
        return self.entry.where("id")

    def threshold(self, timeframe: str) -> SloThreshold | None:
        """What is aimed at over a time-frame."""
        return next((each for each in self.thresholds if each.timeframe == timeframe), None)
