"""A scaling config under a recorded load, step by step, with the same control loop that the sandbox runs. Pure.

What is modelled: CPU that stops at 100 % and a queue behind it, requests per target, publication delay of metrics,
start time and first health check of tasks, cooldowns from fulfilment, schedules, forecast, cost. What is not: memory,
which does not follow load; custom metrics, which it does not know; draining tasks, which still cost.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from watchkeeper.autoscaling.activities import Activity
from watchkeeper.autoscaling.assumptions import DEFAULT, Assumptions
from watchkeeper.autoscaling.control_loop import ControlState, Count, decide
from watchkeeper.autoscaling.metrics import PREDEFINED
from watchkeeper.autoscaling.model import ScalingConfig, StepPolicy, TargetTrackingPolicy, is_high_resolution
from watchkeeper.autoscaling.predictive_scaling import HOUR_S, forecast_from, is_renewed
from watchkeeper.autoscaling.trace import Trace

MINUTE_S: Final = 60
_KEPT: Final = 64
"""Datapoints that a policy may look back on: 45 of 20 s, and the spare ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """How one task answers to load.

    cpu_ms: of one vCPU a request. vcpu, memory_gib: of a task. start_s, start_spread_s: mean and deviation of the time
    until a task runs; health_check_s: interval of the first health check, which comes at some moment of it.
    delay_s, quick_delay_s: from the end of a datapoint until its alarm acts, at 60 s and at 20 s.
    max_wait_s: longest acceptable queue; a minute that exceeds it, or drops to no task, is a breach. timeout_s: after
    which requests that wait are given up.
    Source of the delays: AWS's own benchmark of 2026-06, 363 s and 86 s from load to scale-out.
    """

    cpu_ms: float = 10.0
    vcpu: float = 0.5
    memory_gib: float = 1.0
    memory_percent: float = 40.0
    start_s: float = 45.0
    start_spread_s: float = 10.0
    health_check_s: float = 15.0
    delay_s: float = 153.0
    quick_delay_s: float = 16.0
    max_wait_s: float = 1.0
    timeout_s: float = 60.0
    vcpu_hour_usd: float = 0.04048
    gib_hour_usd: float = 0.004445

    @property
    def capacity_rps(self) -> float:
        """Requests per second that one task can serve."""
        return self.vcpu * 1000 / self.cpu_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the simulation. running, desired: tasks. wait_s: of a request that comes at its end."""

    at: int
    rps: float
    running: int
    desired: int
    cpu_percent: float
    wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What happened. step_s: length of a step. started: tasks that were started, each billed a minute at least."""

    steps: Sequence[Step]
    activities: Sequence[tuple[int, int, int, Activity]]
    """When, from and to which count, and the activity; also those that changed nothing."""
    step_s: int


@dataclass(slots=True)
class _Fleet:
    running: int
    desired: int
    starting: list[float] = field(default_factory=list)
    fulfilled_at: int | None = 0
    queue: float = 0.0


def simulate(
    config: ScalingConfig,
    trace: Trace,
    workload: Workload,
    *,
    seed: int = 0,
    deployments: Sequence[tuple[int, int]] = (),
    assumptions: Assumptions = DEFAULT,
) -> Run:
    """Play a trace of requests per second. deployments: (from, until) in Unix seconds. Same seed, same run."""
    resource_id = f"service/simulated/{config.service}"
    tracked = [*(each.metric for each in config.policies), *(each.metric for each in config.step_policies)]
    is_quick = any(is_high_resolution(metric) for metric in tracked)
    step_s = 20 if is_quick else MINUTE_S
    fleet = _begin(config, trace, workload)
    metrics = _Metrics(config, workload, step_s)
    state, rng = ControlState(), Random(seed)  # noqa: S311 - a simulation
    hours: dict[int, float] = {}
    forecast: dict[int, float] = {}
    steps: list[Step] = []
    activities: list[tuple[int, int, int, Activity]] = []
    for at, rps in _demand(trace, step_s):
        end = at + step_s
        _start(fleet, end)
        step = _serve(fleet, workload, at, rps, step_s)
        steps.append(step)
        metrics.publish(step)
        if config.predictive is not None:
            _remember(config, workload, hours, forecast, step, step_s)
        count = Count(running=fleet.running, desired=fleet.desired, fulfilled_at=fleet.fulfilled_at)
        found = decide(
            config,
            resource_id,
            metrics.seen(end),
            count,
            state,
            end,
            is_deploying=any(begin <= end < until for begin, until in deployments),
            forecast=forecast,
            assumptions=assumptions,
        )
        state = found.state
        after = fleet.desired if found.desired is None else found.desired
        activities += [(end, fleet.desired, after, activity) for activity in found.activities]
        if found.desired is not None:
            _scale(fleet, found.desired, end, workload, rng)
    return Run(steps=steps, activities=activities, step_s=step_s)


def _begin(config: ScalingConfig, trace: Trace, workload: Workload) -> _Fleet:
    """As many tasks as the first minute needs at a half of their capacity, within the bounds."""
    wanted = round(trace.points[0][1] / workload.capacity_rps * 2)
    count = min(max(wanted, config.min), config.max)
    return _Fleet(running=count, desired=count)


def _demand(trace: Trace, step_s: int) -> Iterator[tuple[int, float]]:
    """The load of each step; where the trace has a hole, there is none."""
    index, points = 0, trace.points
    for at in range(trace.start - trace.start % step_s, trace.end, step_s):
        while index + 1 < len(points) and points[index + 1][0] <= at:
            index += 1
        stamp, value = points[index]
        yield at, value if at < stamp + 2 * trace.step_s else 0.0


def _start(fleet: _Fleet, now: int) -> None:
    """Tasks that are ready take requests."""
    ready = [moment for moment in fleet.starting if moment <= now]
    if ready:
        fleet.starting = [moment for moment in fleet.starting if moment > now]
        fleet.running += len(ready)
        if fleet.running >= fleet.desired and fleet.fulfilled_at is None:
            fleet.fulfilled_at = int(max(ready))


def _scale(fleet: _Fleet, desired: int, now: int, workload: Workload, rng: Random) -> None:
    more = desired - fleet.running - len(fleet.starting)
    for _ in range(more):
        start_s = max(0.0, rng.gauss(workload.start_s, workload.start_spread_s))
        fleet.starting.append(now + start_s + rng.uniform(0, workload.health_check_s))
    for _ in range(-more):
        if fleet.starting:
            fleet.starting.pop()
        else:
            fleet.running -= 1
    if desired > fleet.desired:
        fleet.fulfilled_at = None if fleet.starting else now
    elif not fleet.starting and fleet.fulfilled_at is None:
        fleet.fulfilled_at = now
    fleet.desired = desired


def _serve(fleet: _Fleet, workload: Workload, at: int, rps: float, step_s: int) -> Step:
    """CPU stops at 100 %; what is not served waits."""
    capacity = fleet.running * workload.capacity_rps * step_s
    work = rps * step_s + fleet.queue
    served = min(work, capacity)
    fleet.queue = min(work - served, capacity / step_s * workload.timeout_s)
    wait_s = fleet.queue / (capacity / step_s) if capacity else workload.timeout_s if work else 0.0
    cpu = 100 * served / capacity if capacity else 0.0
    return Step(at=at, rps=rps, running=fleet.running, desired=fleet.desired, cpu_percent=cpu, wait_s=wait_s)


def _remember(
    config: ScalingConfig,
    workload: Workload,
    hours: dict[int, float],
    forecast: dict[int, float],
    step: Step,
    step_s: int,
) -> None:
    """Renew the forecast when a quarter of a day begins, as AWS does, and add to the load of the hour."""
    assert config.predictive is not None
    hour = step.at - step.at % HOUR_S
    if hour not in hours and is_renewed(max(hours, default=None), hour):
        forecast.clear()
        forecast.update(forecast_from(hours, hour))
    load = step.rps * MINUTE_S if "Request" in config.predictive.metric else step.rps / workload.capacity_rps * 100
    hours[hour] = hours.get(hour, 0.0) + load * step_s / HOUR_S


class _Metrics:
    """What CloudWatch has, and when the alarms of a policy come to see it."""

    def __init__(self, config: ScalingConfig, workload: Workload, step_s: int) -> None:
        self._workload, self._step_s = workload, step_s
        policies: list[TargetTrackingPolicy | StepPolicy] = [*config.policies, *config.step_policies]
        self._period = {each.id: (each.period_s, each.metric) for each in policies if isinstance(each.metric, str)}
        self._pending: dict[str, deque[tuple[float, float]]] = {name: deque() for name in self._period}
        self._seen: dict[str, list[float | None]] = {name: [] for name in self._period}
        self._open: dict[str, list[float]] = {name: [] for name in self._period}

    def publish(self, step: Step) -> None:
        """Add a step; a datapoint is complete when its period is."""
        end = step.at + self._step_s
        for name, (period_s, metric) in self._period.items():
            self._open[name].append(self._value(metric, step))
            if end % period_s == 0 or self._step_s > period_s:
                values, self._open[name] = self._open[name], []
                is_sum = PREDEFINED[metric].statistic == "Sum"
                delay_s = self._workload.delay_s if period_s >= MINUTE_S else self._workload.quick_delay_s
                if step.running or is_sum:
                    value = sum(values) if is_sum else sum(values) / len(values)
                    self._pending[name].append((end + delay_s, value))

    def _value(self, metric: str, step: Step) -> float:
        if "CPU" in metric:
            return step.cpu_percent
        if "Memory" in metric:
            return self._workload.memory_percent
        return step.rps * self._step_s / max(1, step.running)

    def seen(self, now: int) -> Mapping[str, Sequence[float | None]]:
        """The newest datapoints of each policy that have arrived."""
        for name, waiting in self._pending.items():
            while waiting and waiting[0][0] <= now:
                self._seen[name].append(waiting.popleft()[1])
            del self._seen[name][:-_KEPT]
        return self._seen
