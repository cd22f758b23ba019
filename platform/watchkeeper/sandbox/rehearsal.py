"""A day, minute by minute: workload, autoscaling, series to Datadog over HTTP, monitors, timeline. In this order."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import Any, Final

import httpx

from watchkeeper.autoscaling.model import ScalingConfig
from watchkeeper.autoscaling.target_tracking import LOW_PERIODS, ControlState, Count, decide
from watchkeeper.project.model import Environment, Service
from watchkeeper.sandbox.paging import Paging
from watchkeeper.sandbox.process import Sandbox
from watchkeeper.sandbox.scenario import Fault, Scenario
from watchkeeper.sandbox.telemetry import Tasks, database_points, pipe_points, service_points
from watchkeeper.sandbox.traffic import generate_day, shares
from watchkeeper.sandbox.workload import (
    DatabaseProfile,
    DatabaseState,
    Load,
    ServiceMinute,
    ServiceProfile,
    database_minute,
    service_minute,
)
from watchkeeper.timeline import TimelineEvent

MINUTE: Final = 60
_START_MINUTES: Final = 1
"""How long a task takes until the load balancer sends it requests, in whole minutes."""

OnEvent = Callable[[TimelineEvent], None]


@dataclass(slots=True)
class _Running:
    """One service while the day is played."""

    service: Service
    scaling: ScalingConfig
    resource_id: str
    running: int
    desired: int
    control: ControlState = field(default_factory=ControlState)
    points: dict[str, deque[float | None]] = field(default_factory=dict)
    starting: deque[int] = field(default_factory=deque)


class Rehearsal:
    """Plays a scenario on one environment, against what was synced to the sandbox."""

    def __init__(
        self,
        environment: Environment,
        scalings: Mapping[str, ScalingConfig],
        scenario: Scenario,
        sandbox: Sandbox,
        *,
        is_suspended: bool = False,
    ) -> None:
        self._environment = environment
        self._scenario = scenario
        self._sandbox = sandbox
        self._is_suspended = is_suspended
        self._services = [_started(environment, service, scalings[service.id]) for service in environment.services]
        self._database = [
            DatabaseState(acu=environment.database.min_acu) for _ in range(1 + environment.database.readers)
        ]

    def play(self, on_event: OnEvent = lambda _: None) -> list[TimelineEvent]:
        """Run the whole day; gives its timeline."""
        scenario = self._scenario
        total = generate_day(scenario.day, scenario.minutes, scenario.start_s, Random(scenario.seed))  # noqa: S311 - a day, not a key
        demand = shares(total, scenario.shares)
        events: list[TimelineEvent] = []
        record = self._sandbox.record
        paging = Paging(self._sandbox, self._environment.name, scenario.acknowledge_after_m)
        headers = {"DD-API-KEY": record.keys["datadog_api_key"]}
        try:
            with httpx.Client(base_url=record.urls["datadog"], headers=headers, trust_env=False) as client:
                for number in range(scenario.minutes):
                    rps = {service: values[number] for service, values in demand.items()}
                    for event in chain(self._minute(client, number, rps), paging.minute()):
                        events.append(event)
                        on_event(event)
        finally:
            paging.close()
        return events

    def _minute(self, client: httpx.Client, number: int, rps: Mapping[str, float]) -> Iterator[TimelineEvent]:
        at = self._scenario.start_s + number * MINUTE
        self._sandbox.clock.now = at
        fault = self._scenario.fault
        if fault and number in (fault.at_m, fault.until_m):
            yield _fault_event(fault, number, at, self._environment.name)
        slowness = fault.factor if fault and fault.at_m <= number < fault.until_m else 1.0
        minutes = {
            each.service.id: self._serve(each, rps.get(each.service.id, 0.0), slowness) for each in self._services
        }
        points = list(chain(self._service_points(minutes, at), self._database_points(minutes, slowness, at)))
        self._sandbox.clock.now = at + MINUTE
        for each in self._services:
            yield from self._scale(each, minutes[each.service.id], at + MINUTE)
        client.post("/api/v2/series", json={"series": points}).raise_for_status()

    def _serve(self, each: _Running, rps: float, slowness: float) -> ServiceMinute:
        if each.starting:
            each.running = min(each.running + each.starting.popleft(), each.desired)
        return service_minute(rps, each.running, each.service.cpu / 1024, ServiceProfile(), slowness)

    def _service_points(self, minutes: Mapping[str, ServiceMinute], at: int) -> Iterator[dict[str, Any]]:
        for each in self._services:
            tasks = Tasks(each.desired, each.running)
            yield from service_points(self._environment, each.service, minutes[each.service.id], tasks, at)

    def _database_points(
        self, minutes: Mapping[str, ServiceMinute], slowness: float, at: int
    ) -> Iterator[dict[str, Any]]:
        load = Load(
            queries_per_s=sum(minute.db_queries for minute in minutes.values()),
            connections=sum(minute.connections for minute in minutes.values()),
            slowness=slowness,
        )
        limits = (self._environment.database.min_acu, self._environment.database.max_acu)
        for index, state in enumerate(self._database):
            minute, self._database[index] = database_minute(
                load, state, limits, DatabaseProfile(), is_writer=index == 0
            )
            name = f"{self._environment.name}-{'writer' if index == 0 else f'reader-{index}'}"
            yield from database_points(self._environment, name, minute, at)
        yield from pipe_points(self._environment, at)

    def _scale(self, each: _Running, minute: ServiceMinute, at: int) -> Iterator[TimelineEvent]:
        values = {
            "ECSServiceAverageCPUUtilization": minute.cpu_percent,
            "ECSServiceAverageMemoryUtilization": minute.memory_percent,
            "ALBRequestCountPerTarget": minute.requests_per_target,
        }
        for policy in each.scaling.policies:
            each.points.setdefault(policy.id, deque(maxlen=LOW_PERIODS)).append(values[policy.metric])
        given: Mapping[str, Sequence[float | None]] = {name: list(points) for name, points in each.points.items()}
        count = Count(running=each.running, desired=each.desired)
        found = decide(each.scaling, each.resource_id, given, count, each.control, at, is_suspended=self._is_suspended)
        each.control = found.state
        if found.desired is None or found.activity is None:
            return
        before, each.desired = each.desired, found.desired
        if found.desired > before:
            each.starting.extend([0] * (_START_MINUTES - len(each.starting)) + [found.desired - before])
        else:
            each.running = min(each.running, found.desired)
        yield TimelineEvent(
            at=at,
            kind="scaling",
            source=each.resource_id,
            title=f"{each.service.id}: {before} -> {found.desired} tasks",
            env=self._environment.name,
            service=each.service.id,
            detail={"from": before, "to": found.desired, "cause": found.activity["Cause"]},
        )


def _started(environment: Environment, service: Service, scaling: ScalingConfig) -> _Running:
    resource = f"service/{environment.name}/{service.id}"
    return _Running(service, scaling, resource, running=scaling.min, desired=scaling.min)


def _fault_event(fault: Fault, number: int, at: int, env: str) -> TimelineEvent:
    began = number == fault.at_m
    title = f"{fault.what} injected: statements take {fault.factor:g} times as long" if began else f"{fault.what} ends"
    return TimelineEvent(at=at, kind="fault", source=fault.what, title=title, env=env)
