"""`demo/scenario.yaml`: the traffic, and what breaks when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from watchkeeper.errors import ConfigError, Problem
from watchkeeper.project.source import read_document
from watchkeeper.project.validate import STRICT, locate_in, validate
from watchkeeper.sandbox.actions import Action, Planned, SlowDatabase, StoppedPipe
from watchkeeper.sandbox.traffic import GeneratedDay
from watchkeeper.timeline import TimelineEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that breaks. at_m, until_m: minutes after the start.

    aurora-slow: statements take `factor` times as long. firehose-stopped: nothing leaves the delivery stream.
    """

    __pydantic_config__ = STRICT

    what: Literal["aurora-slow", "firehose-stopped"]
    at_m: Annotated[int, Ge(0)]
    until_m: Annotated[int, Ge(1)]
    factor: Annotated[float, Gt(1)] = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A day in the sandbox. start: RFC 3339. shares: of all requests, by service.

    acknowledge_after_m: minutes until whoever is paged acknowledges; left out, nobody ever does.
    """

    __pydantic_config__ = STRICT

    start: str
    minutes: Annotated[int, Ge(1), Le(7 * 1440)]
    seed: int
    day: GeneratedDay
    shares: Mapping[str, float]
    fault: Fault | None = None
    acknowledge_after_m: Annotated[int, Ge(0)] | None = None

    @property
    def start_s(self) -> int:
        """The start in Unix seconds, on a full minute."""
        return int(datetime.fromisoformat(self.start).timestamp()) // 60 * 60


def load_scenario(root: Path, file: str) -> Scenario:
    """Read a scenario. Raises ConfigError with all problems."""
    document = read_document(root, file)
    scenario = validate(Scenario, document.data, locate_in((document, ())), what="the scenario")
    problems = []
    try:
        moment = datetime.fromisoformat(scenario.start)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        fix = "write it as 2026-11-24T07:00:00Z"
        problems.append(Problem("`start` is not an instant with a time zone", document.at(("start",)), fix=fix))
    if scenario.fault and scenario.fault.until_m <= scenario.fault.at_m:
        where = document.at(("fault", "until_m"))
        problems.append(Problem("the fault ends before it begins", where, fix="make until_m larger than at_m"))
    if problems:
        raise ConfigError(problems)
    return scenario


def fault_plan(scenario: Scenario, env: str) -> list[Planned]:
    """The scenario's own fault as something that happens; none, or one."""
    fault = scenario.fault
    if fault is None:
        return []
    minutes = fault.until_m - fault.at_m
    action: Action = StoppedPipe(minutes=minutes)
    how = ""
    if fault.what == "aurora-slow":
        action = SlowDatabase(minutes=minutes, factor=fault.factor)
        how = f": statements take {fault.factor:g} times as long"
    at = scenario.start_s + fault.at_m * 60
    event = TimelineEvent(at=at, kind="fault", source=fault.what, title=f"{fault.what} injected{how}", env=env)
    return [Planned(fault.at_m, event, action)]
