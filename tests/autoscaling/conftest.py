"""A fleet whose tasks start at once, and the policies that most tests use."""

from collections.abc import Mapping, Sequence
from typing import Any

from watchkeeper.autoscaling.activities import Activity
from watchkeeper.autoscaling.assumptions import DEFAULT, Assumptions
from watchkeeper.autoscaling.control_loop import ControlState, Count, Decision, decide
from watchkeeper.autoscaling.model import ScalingConfig, TargetTrackingPolicy

RESOURCE = "service/prod/api"
NOW = 883_612_800  # 1 January 1998, midnight: any year works
CPU = TargetTrackingPolicy(id="cpu", metric="ECSServiceAverageCPUUtilization", target=50)
MEMORY = TargetTrackingPolicy(id="memory", metric="ECSServiceAverageMemoryUtilization", target=80)


def config(*policies: TargetTrackingPolicy, smallest: int = 1, largest: int = 20) -> ScalingConfig:
    return ScalingConfig(service="api", min=smallest, max=largest, policies=policies or (CPU,))


def reasons(decision: Decision) -> list[dict[str, Any]]:
    assert decision.activity is not None
    return list(decision.activity["NotScaledReasons"])


def minutes(*parts: tuple[int, float | None]) -> list[float | None]:
    """A series by its parts: so many minutes of that value."""
    return [value for count, value in parts for _ in range(count)]


class Fleet:
    """Tasks that start and stop at once, under a series of each policy's metric.

    A value is a metric as it is; `load` is divided by the running tasks and cut at `ceiling`.
    """

    def __init__(
        self,
        scaling: ScalingConfig,
        running: int,
        *,
        start: int = NOW,
        deploying: Sequence[int] = (),
        assumptions: Assumptions = DEFAULT,
    ) -> None:
        self.scaling, self.running, self.start = scaling, running, start
        self.deploying, self.assumptions = deploying, assumptions
        self.state = ControlState()
        self.activities: list[Activity] = []
        self.changes: list[tuple[int, int]] = []

    def play(
        self,
        series: Mapping[str, Sequence[float | None]] | None = None,
        *,
        load: Mapping[str, Sequence[float]] | None = None,
        ceiling: float = 100.0,
    ) -> None:
        """Minute by minute; the datapoint of a minute is there when the minute ends."""
        given = series or {}
        loads = load or {}
        history: dict[str, list[float | None]] = {name: [] for name in (*given, *loads)}
        for number in range(max(len(each) for each in (*given.values(), *loads.values()))):
            for name, values in given.items():
                history[name].append(values[number])
            for name, amounts in loads.items():
                history[name].append(min(ceiling, amounts[number] / self.running))
            at = self.start + number * 60
            count = Count(running=self.running, desired=self.running)
            found = decide(
                self.scaling,
                RESOURCE,
                history,
                count,
                self.state,
                at,
                is_deploying=number in self.deploying,
                assumptions=self.assumptions,
            )
            self.state = found.state
            self.activities += found.activities
            if found.desired is not None:
                self.running = found.desired
                self.changes.append((at, found.desired))

    @property
    def counts(self) -> list[int]:
        return [count for _, count in self.changes]
