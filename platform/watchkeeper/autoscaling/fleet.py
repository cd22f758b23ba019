"""The tasks of a simulated service: those that start, those that serve, and what Fargate counts of all.

Source: AWS Fargate pricing (read 2026-11): from the pull of the image until the task ends, by the second, a minute at
least. A target that leaves its group takes no new requests, and its task runs on for the deregistration delay.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

from watchkeeper.autoscaling.task import Workload

_LEAST_BILLED_S: Final = 60


@dataclass(frozen=True, slots=True)
class Loss:
    """Tasks that are gone at an instant, and that ECS replaces: those of a zone, or those that Fargate Spot takes back.

    share: of the tasks beyond the first `base`.
    """

    at: int
    share: float
    base: int = 0

    def of(self, running: int) -> int:
        """How many of so many tasks."""
        return round(max(0, running - self.base) * self.share)


@dataclass(frozen=True, slots=True)
class _Starting:
    began: int
    ready: float


class Fleet:
    """at: Unix seconds, from when the first `count` tasks serve. rng: of the start times.

    desired: what was last asked for. fulfilled_at: when the last scale-out was fulfilled, None while it is not.
    """

    def __init__(self, count: int, at: int, workload: Workload, rng: Random) -> None:
        self.desired = count
        self.fulfilled_at: int | None = 0
        self._workload, self._rng = workload, rng
        self._serving = [at] * count
        self._starting: list[_Starting] = []
        self._billed_s = 0.0

    @property
    def running(self) -> int:
        """Tasks that take requests."""
        return len(self._serving)

    def settle(self, now: int) -> None:
        """Tasks that are ready by now take requests."""
        ready = [task for task in self._starting if task.ready <= now]
        if not ready:
            return
        self._starting = [task for task in self._starting if task.ready > now]
        self._serving += [task.began for task in ready]
        if self.running >= self.desired and self.fulfilled_at is None:
            self.fulfilled_at = int(max(task.ready for task in ready))

    def scale(self, desired: int, now: int) -> None:
        """Another count: start what is missing, or stop the youngest."""
        more = desired - self.running - len(self._starting)
        self._start(more, now)
        for _ in range(-more):
            if self._starting:
                self._end(self._starting.pop().began, now)
            else:
                self._end(self._serving.pop(), now + self._workload.drain_s)
        if desired > self.desired:
            self.fulfilled_at = None if self._starting else now
        elif not self._starting and self.fulfilled_at is None:
            self.fulfilled_at = now
        self.desired = desired

    def lose(self, count: int, now: int) -> None:
        """So many tasks end at once, and as many others are started."""
        for _ in range(count):
            self._end(self._serving.pop(), now)
        self._start(count, now)

    def billed_s(self, until: int) -> float:
        """Seconds of all tasks together that are billed; of those that run, until then."""
        alive = [*self._serving, *(task.began for task in self._starting)]
        return self._billed_s + sum(_billed(began, until) for began in alive)

    def _start(self, count: int, now: int) -> None:
        for _ in range(count):
            start_s = max(0.0, self._rng.gauss(self._workload.start_s, self._workload.start_spread_s))
            first_check_s = self._rng.uniform(0, self._workload.health_check_s)
            self._starting.append(_Starting(now, now + start_s + first_check_s))

    def _end(self, began: int, at: float) -> None:
        self._billed_s += _billed(began, at)


def _billed(began: int, ended: float) -> float:
    return max(_LEAST_BILLED_S, ended - began)
