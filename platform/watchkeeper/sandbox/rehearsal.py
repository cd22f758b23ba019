"""The conductor: a day in virtual minutes, each run to its end in a fixed order.

Workload publishes -> CloudWatch alarms -> application autoscaling -> metric stream and Firehose deliver -> Datadog's
monitors -> PagerDuty's timers and notifications -> timeline.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

import httpx

from watchkeeper.autoscaling.alarms import HIGH_PERIODS, LOW_PERIODS
from watchkeeper.autoscaling.control_loop import ControlState, Count, decide
from watchkeeper.autoscaling.model import ScalingConfig
from watchkeeper.project.model import Environment, Service
from watchkeeper.sandbox import telemetry
from watchkeeper.sandbox.cloud import Cloud, DeployedService
from watchkeeper.sandbox.paging import Paging
from watchkeeper.sandbox.process import Sandbox
from watchkeeper.sandbox.scenario import Fault, Scenario
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
    """One service while the day is played. running: tasks that take requests; ECS itself knows the desired count."""

    service: Service
    deployed: DeployedService
    running: int
    desired: int
    control: ControlState = field(default_factory=ControlState)
    starting: deque[int] = field(default_factory=deque)


class Rehearsal:
    """Plays a scenario on an environment that is deployed, against what was synced to the sandbox."""

    def __init__(
        self,
        environment: Environment,
        scenario: Scenario,
        sandbox: Sandbox,
        cloud: Cloud,
        *,
        is_suspended: bool = False,
    ) -> None:
        self._environment = environment
        self._scenario = scenario
        self._sandbox = sandbox
        self._cloud = cloud
        self._deployed = cloud.services(is_suspended=is_suspended)
        self._services = [self._begin(each) for each in self._deployed]
        self._database = cloud.database()
        self._states = [DatabaseState(acu=environment.database.min_acu) for _ in self._database.instances]
        self._streams = cloud.delivery_streams()

    def _begin(self, deployed: DeployedService) -> _Running:
        service = self._environment.service(deployed.name)
        # Registering a scalable target brings the count into its bounds (Application Auto Scaling user guide).
        count = min(max(deployed.desired, deployed.scaling.min), deployed.scaling.max)
        if count != deployed.desired:
            self._cloud.set_count(deployed, count)
        return _Running(service, deployed, running=count, desired=count)

    def play(self, demand: Mapping[str, Sequence[float]], on_event: OnEvent = lambda _: None) -> list[TimelineEvent]:
        """Run the whole scenario. demand: requests per second of each minute, by service. Gives the timeline."""
        self._sandbox.datadog.aws_tags.learn(self._cloud.resources())
        record = self._sandbox.record
        paging = Paging(self._sandbox, self._environment.name, self._scenario.acknowledge_after_m)
        headers = {"DD-API-KEY": record.keys["datadog_api_key"]}
        events: list[TimelineEvent] = []
        try:
            with httpx.Client(base_url=record.urls["datadog"], headers=headers, trust_env=False) as http:
                for number in range(self._scenario.minutes):
                    rps = {service: values[number] for service, values in demand.items()}
                    for event in chain(self._minute(http, number, rps), paging.minute()):
                        events.append(event)
                        on_event(event)
        finally:
            paging.close()
        return events

    def _minute(self, http: httpx.Client, number: int, rps: Mapping[str, float]) -> Iterator[TimelineEvent]:
        at = self._scenario.start_s + number * MINUTE
        end = at + MINUTE
        self._sandbox.clock.now = at
        slowness = yield from self._fault(number, at)
        minutes = [(each, self._serve(each, rps.get(each.service.id, 0.0), slowness)) for each in self._services]
        self._sandbox.clock.now = end
        self._cloud.emulator.publish(end, self._data([minute for _, minute in minutes], slowness, at))
        yield from self._scale(end)
        series = [
            one
            for each in self._services
            for one in telemetry.task_series(each.deployed, each.desired, each.running, at)
        ]
        http.post("/api/v2/series", json={"series": series}).raise_for_status()
        self._cloud.emulator.deliver()

    def _fault(self, number: int, at: int) -> Generator[TimelineEvent, None, float]:
        """Begin and end the declared fault; gives how much slower the database answers."""
        fault = self._scenario.fault
        if fault is None:
            return 1.0
        if number in (fault.at_m, fault.until_m):
            began = number == fault.at_m
            if fault.what == "firehose-stopped":
                self._cloud.emulator.inject([fault.what] if began else [])
            yield _fault_event(fault, at, self._environment.name, began=began)
        is_slow = fault.what == "aurora-slow" and fault.at_m <= number < fault.until_m
        return fault.factor if is_slow else 1.0

    def _serve(self, each: _Running, rps: float, slowness: float) -> ServiceMinute:
        if each.starting:
            each.running = min(each.running + each.starting.popleft(), each.desired)
        return service_minute(rps, each.running, each.service.cpu / 1024, ServiceProfile(), slowness)

    def _data(self, minutes: Sequence[ServiceMinute], slowness: float, at: int) -> dict[str, list[dict[str, Any]]]:
        """What every AWS service publishes of the minute, by namespace."""
        pairs = list(zip(self._deployed, minutes, strict=True))
        return {
            telemetry.ALB: list(chain.from_iterable(telemetry.balancer_data(one, minute, at) for one, minute in pairs)),
            telemetry.ECS: list(chain.from_iterable(telemetry.service_data(one, minute, at) for one, minute in pairs)),
            telemetry.RDS: list(self._database_data(minutes, slowness, at)),
            telemetry.FIREHOSE: list(telemetry.pipe_data(self._streams, at)),
        }

    def _database_data(self, minutes: Sequence[ServiceMinute], slowness: float, at: int) -> Iterator[dict[str, Any]]:
        load = Load(
            queries_per_s=sum(minute.db_queries for minute in minutes),
            connections=sum(minute.connections for minute in minutes),
            slowness=slowness,
        )
        limits = (self._environment.database.min_acu, self._environment.database.max_acu)
        for index, name in enumerate(self._database.instances):
            minute, self._states[index] = database_minute(
                load, self._states[index], limits, DatabaseProfile(), is_writer=index == 0
            )
            yield from telemetry.database_data(name, minute, at)

    def _scale(self, at: int) -> Iterator[TimelineEvent]:
        """Read every policy's datapoints back from CloudWatch, set the alarms, and carry out what they ask for."""
        points = self._cloud.datapoints(self._deployed, at)
        for each in self._services:
            given = points[each.deployed.name]
            count = Count(running=each.running, desired=each.desired)
            found = decide(each.deployed.scaling, each.deployed.resource_id, given, count, each.control, at)
            each.control = found.state
            self._cloud.show_alarms(found.alarms)
            self._cloud.tell(found.activities)
            if found.desired is None or found.activity is None:
                continue
            before, each.desired = each.desired, found.desired
            self._cloud.set_count(each.deployed, found.desired)
            if found.desired > before:
                each.starting.extend([0] * (_START_MINUTES - len(each.starting)) + [found.desired - before])
            else:
                each.running = min(each.running, found.desired)
            yield TimelineEvent(
                at=at,
                kind="scaling",
                source=each.deployed.resource_id,
                title=f"{each.service.id}: {before} -> {found.desired} tasks",
                env=self._environment.name,
                service=each.service.id,
                detail={
                    "from": before,
                    "to": found.desired,
                    "cause": found.activity["Cause"],
                    **_evidence(each.deployed.scaling, given, found.activity["Cause"]),
                },
            )


def _evidence(
    scaling: ScalingConfig, datapoints: Mapping[str, Sequence[float | None]], cause: str
) -> dict[str, object]:
    """What the alarm saw: the policy, its target, and the datapoints from CloudWatch, oldest first."""
    policy = next((each for each in scaling.policies if each.id == cause.rpartition(" ")[2]), None)
    if policy is None:
        return {}
    periods = HIGH_PERIODS if "AlarmHigh" in cause else LOW_PERIODS
    seen = [None if value is None else round(value, 3) for value in datapoints[policy.id][-periods:]]
    return {"policy": policy.id, "metric": policy.metric_name, "target": policy.target, "datapoints": seen}


def _fault_event(fault: Fault, at: int, env: str, *, began: bool) -> TimelineEvent:
    how = f": statements take {fault.factor:g} times as long" if fault.what == "aurora-slow" else ""
    title = f"{fault.what} injected{how}" if began else f"{fault.what} ends"
    return TimelineEvent(at=at, kind="fault", source=fault.what, title=title, env=env)
