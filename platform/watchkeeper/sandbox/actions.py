"""What can be made to happen in a rehearsal. Frozen values; the conductor carries them out."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from watchkeeper.project.validate import STRICT
from watchkeeper.timeline import TimelineEvent

Minutes = Annotated[int, Ge(1), Le(7 * 1440)]
Breakage = Literal["errors", "health-checks"]
Intake = Literal["all", "metrics", "logs"]
Answer = Literal[0, 400, 403, 413, 429, 500, 503]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowDatabase:
    """Every statement takes `factor` times as long."""

    __pydantic_config__ = STRICT

    minutes: Minutes
    factor: Annotated[float, Gt(1)] = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedPipe:
    """Nothing leaves the delivery streams; what comes in waits in them."""

    __pydantic_config__ = STRICT

    minutes: Minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenIntake:
    """Datadog's intake answers with an error, or with nothing. answers: the status; 0 for none at all."""

    __pydantic_config__ = STRICT

    minutes: Minutes
    answers: Answer = 503
    of: Intake = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostZone:
    """A zone is gone at an instant: its tasks, and its instance of Aurora."""

    __pydantic_config__ = STRICT

    zone: str
    minutes: Minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Failover:
    """A reader of Aurora becomes the writer. outage_s: how long nothing can be written, in seconds."""

    __pydantic_config__ = STRICT

    outage_s: Annotated[int, Ge(0), Le(60)] = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploy:
    """A new version of a service. breaks: what is wrong with it; None: nothing.

    `errors`: it answers `error_ratio` of its requests with 5xx. `health-checks`: no task of it ever becomes healthy.
    """

    __pydantic_config__ = STRICT

    breaks: Breakage | None = None
    error_ratio: Annotated[float, Gt(0), Le(1)] = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCount:
    """Somebody sets the count of tasks by hand."""

    __pydantic_config__ = STRICT

    to: Annotated[int, Ge(0), Le(1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The demand is `factor` times what it would be, until the end where `minutes` is left out."""

    __pydantic_config__ = STRICT

    factor: Annotated[float, Ge(0), Le(1000)]
    minutes: Minutes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """A note."""

    __pydantic_config__ = STRICT


Action = SlowDatabase | StoppedPipe | BrokenIntake | LostZone | Failover | Deploy | SetCount | Traffic | Nothing


@dataclass(frozen=True, slots=True)
class Planned:
    """What happens at the beginning of the minute `at_m` after the start, and how the timeline tells it."""

    at_m: int
    event: TimelineEvent
    action: Action

    @property
    def until_m(self) -> int | None:
        """The minute in which it is over; None for what has no end of its own."""
        minutes = getattr(self.action, "minutes", None)
        return None if minutes is None else self.at_m + int(minutes)

    @property
    def end_title(self) -> str:
        """How the timeline tells that it is over."""
        if isinstance(self.action, LostZone):
            return f"zone {self.action.zone} is back"
        if isinstance(self.action, Traffic):
            return f"{self.event.service or 'every service'} gets its usual requests again"
        return f"{self.event.source} ends"
