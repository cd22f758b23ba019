"""A scaling config under a recorded load, step by step, with the same control loop that the sandbox runs. Pure.

What is modelled: CPU that stops at 100 % and a queue behind it, memory that grows with it, requests per target, metrics
of one's own that follow the load of a task, publication delay, start time and first health check of tasks, draining,
cooldowns from fulfilment, schedules, forecast, deployment windows, lost zones, interruptions of Fargate Spot, cost.
What is not: the second set of tasks that a rolling deployment runs for a while; metric math, and metrics that do not
follow the load.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from watchkeeper.autoscaling.activities import Activity
from watchkeeper.autoscaling.assumptions import DEFAULT, Assumptions
from watchkeeper.autoscaling.control_loop import ControlState, Count, decide
from watchkeeper.autoscaling.fleet import Fleet, Loss
from watchkeeper.autoscaling.metrics import PREDEFINED
from watchkeeper.autoscaling.model import Metric, ScalingConfig, StepPolicy, TargetTrackingPolicy, is_high_resolution
from watchkeeper.autoscaling.predictive_scaling import HOUR_S, forecast_from, is_renewed
from watchkeeper.autoscaling.task import Workload
from watchkeeper.autoscaling.trace import Trace

MINUTE_S: Final = 60
_KEPT: Final = 64
"""Datapoints that a policy may look back on: 45 of 20 s, and the spare ones."""


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
    """What happened. step_s: length of a step. billed_s: of all tasks together, what Fargate counts, in seconds."""

    steps: Sequence[Step]
    activities: Sequence[tuple[int, int, int, Activity]]
    """When, from and to which count, and the activity; also those that changed nothing."""
    step_s: int
    billed_s: float = 0.0


def simulate(
    config: ScalingConfig,
    trace: Trace,
    workload: Workload,
    *,
    seed: int = 0,
    deployments: Sequence[tuple[int, int]] = (),
    losses: Sequence[Loss] = (),
    assumptions: Assumptions = DEFAULT,
) -> Run:
    """Play a trace of requests per second. deployments: (from, until) in Unix seconds. Same seed, same run."""
    resource_id = f"service/simulated/{config.service}"
    tracked = [*(each.metric for each in config.policies), *(each.metric for each in config.step_policies)]
    is_quick = any(is_high_resolution(metric) for metric in tracked)
    step_s = 20 if is_quick else MINUTE_S
    begin = trace.start - trace.start % step_s
    fleet = Fleet(_first_count(config, trace, workload), begin, workload, Random(seed))  # noqa: S311 - a simulation
    metrics = _Metrics(config, workload, step_s)
    state, queue = ControlState(), 0.0
    hours: dict[int, float] = {}
    forecast: dict[int, float] = {}
    steps: list[Step] = []
    activities: list[tuple[int, int, int, Activity]] = []
    for at, rps in _demand(trace, step_s):
        end = at + step_s
        for loss in losses:
            if at <= loss.at < end:
                fleet.lose(loss.of(fleet.running), at)
        fleet.settle(end)
        step, queue = _serve(fleet, workload, at, rps, step_s, queue)
        steps.append(step)
        metrics.publish(step)
        if config.predictive is not None:
            _remember(config, workload, hours, forecast, step, step_s)
        found = decide(
            config,
            resource_id,
            metrics.seen(end),
            Count(running=fleet.running, desired=fleet.desired, fulfilled_at=fleet.fulfilled_at),
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
            fleet.scale(found.desired, end)
    ended_at = steps[-1].at + step_s if steps else begin
    return Run(steps=steps, activities=activities, step_s=step_s, billed_s=fleet.billed_s(ended_at))


def _first_count(config: ScalingConfig, trace: Trace, workload: Workload) -> int:
    """As many tasks as the first minute needs at a half of their capacity, within the bounds."""
    wanted = round(trace.points[0][1] / workload.capacity_rps * 2)
    return min(max(wanted, config.min), config.max)


def _demand(trace: Trace, step_s: int) -> Iterator[tuple[int, float]]:
    """The load of each step; where the trace has a hole, there is none."""
    index, points = 0, trace.points
    for at in range(trace.start - trace.start % step_s, trace.end, step_s):
        while index + 1 < len(points) and points[index + 1][0] <= at:
            index += 1
        stamp, value = points[index]
        yield at, value if at < stamp + 2 * trace.step_s else 0.0


def _serve(fleet: Fleet, workload: Workload, at: int, rps: float, step_s: int, queue: float) -> tuple[Step, float]:
    """CPU stops at 100 %; what is not served waits. queue: requests that wait already; the second value is theirs."""
    capacity = fleet.running * workload.capacity_rps * step_s
    work = rps * step_s + queue
    served = min(work, capacity)
    queue = min(work - served, capacity / step_s * workload.timeout_s)
    wait_s = queue / (capacity / step_s) if capacity else workload.timeout_s if work else 0.0
    cpu = 100 * served / capacity if capacity else 0.0
    step = Step(at=at, rps=rps, running=fleet.running, desired=fleet.desired, cpu_percent=cpu, wait_s=wait_s)
    return step, queue


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
    load = step.rps * MINUTE_S
    if "CPU" in config.predictive.metric:
        load = step.rps / workload.capacity_rps * 100
    elif "Memory" in config.predictive.metric:
        load = workload.memory_at(step.cpu_percent) * step.running
    hours[hour] = hours.get(hour, 0.0) + load * step_s / HOUR_S


class _Metrics:
    """What CloudWatch has, and when the alarms of a policy come to see it."""

    def __init__(self, config: ScalingConfig, workload: Workload, step_s: int) -> None:
        self._workload, self._step_s = workload, step_s
        policies: list[TargetTrackingPolicy | StepPolicy] = [*config.policies, *config.step_policies]
        self._period = {
            each.id: (each.period_s, each.metric)
            for each in policies
            if isinstance(each.metric, str) or each.id in workload.own_metrics
        }
        self._pending: dict[str, deque[tuple[float, float]]] = {name: deque() for name in self._period}
        self._seen: dict[str, list[float | None]] = {name: [] for name in self._period}
        self._open: dict[str, list[float]] = {name: [] for name in self._period}

    def publish(self, step: Step) -> None:
        """Add a step; a datapoint is complete when its period is."""
        end = step.at + self._step_s
        for name, (period_s, metric) in self._period.items():
            self._open[name].append(self._value(name, metric, step))
            if end % period_s == 0 or self._step_s > period_s:
                values, self._open[name] = self._open[name], []
                is_sum = isinstance(metric, str) and PREDEFINED[metric].statistic == "Sum"
                delay_s = self._workload.delay_s if period_s >= MINUTE_S else self._workload.quick_delay_s
                if step.running or is_sum:
                    value = sum(values) if is_sum else sum(values) / len(values)
                    self._pending[name].append((end + delay_s, value))

    def _value(self, name: str, metric: Metric, step: Step) -> float:
        if not isinstance(metric, str):
            return self._workload.own_metrics[name] * step.rps / max(1, step.running)
        if "CPU" in metric:
            return step.cpu_percent
        if "Memory" in metric:
            return self._workload.memory_at(step.cpu_percent)
        return step.rps * self._step_s / max(1, step.running)

    def seen(self, now: int) -> Mapping[str, Sequence[float | None]]:
        """The newest datapoints of each policy that have arrived."""
        for name, waiting in self._pending.items():
            while waiting and waiting[0][0] <= now:
                self._seen[name].append(waiting.popleft()[1])
            del self._seen[name][:-_KEPT]
        return self._seen
