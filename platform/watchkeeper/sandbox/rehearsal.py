"""The conductor: a day in virtual minutes, each run to its end in a fixed order.

What is planned happens -> workload publishes -> CloudWatch alarms -> deployments and application autoscaling -> metric
stream and Firehose deliver -> Datadog's monitors -> PagerDuty's timers and notifications -> timeline.
Where a service publishes every 20 s, its alarms and its scaling are looked at every 20 s; its load and its running
tasks change with the minute.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, Final, assert_never

import httpx

from watchkeeper.project.model import Environment
from watchkeeper.sandbox import telemetry
from watchkeeper.sandbox.actions import (
    BrokenIntake,
    Deploy,
    Failover,
    LostZone,
    Nothing,
    Planned,
    SetCount,
    SlowDatabase,
    StoppedPipe,
    Traffic,
)
from watchkeeper.sandbox.aurora import Aurora
from watchkeeper.sandbox.aws import SILENCE, Delivery
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.crawl import crawl
from watchkeeper.sandbox.deployed import QUICK_S
from watchkeeper.sandbox.paging import Paging
from watchkeeper.sandbox.played_logs import PlayedLogs
from watchkeeper.sandbox.process import Sandbox
from watchkeeper.sandbox.running import RunningService
from watchkeeper.sandbox.scenario import Scenario, fault_plan
from watchkeeper.sandbox.workload import ServiceMinute
from watchkeeper.timeline import TimelineEvent

MINUTE: Final = 60

OnEvent = Callable[[TimelineEvent], None]


class Rehearsal:
    """Plays a scenario on an environment that is deployed, against what was synced to the sandbox.

    plan: what happens besides the scenario's own fault, in the order in which it is carried out within a minute.
    """

    def __init__(
        self,
        environment: Environment,
        scenario: Scenario,
        sandbox: Sandbox,
        cloud: Cloud,
        plan: Sequence[Planned] = (),
        *,
        is_suspended: bool = False,
    ) -> None:
        self._environment = environment
        self._scenario = scenario
        self._sandbox = sandbox
        self._cloud = cloud
        self._plan = [*fault_plan(scenario, environment.name), *plan]
        self._services = [
            RunningService(environment.service(each.name), each, cloud, environment.name)
            for each in cloud.services(is_suspended=is_suspended)
        ]
        self._aurora = Aurora(cloud, environment)
        self._logs = PlayedLogs(cloud, environment, self._services, sandbox.intakes)
        self._deliveries: Mapping[str, Delivery] = {}
        self._is_crawled = False

    def play(self, demand: Mapping[str, Sequence[float]], on_event: OnEvent = lambda _: None) -> list[TimelineEvent]:
        """Run the whole scenario. demand: requests per second of each minute, by service. Gives the timeline."""
        self._is_crawled = crawl(self._sandbox, self._cloud, self._environment.account)
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
        for each in self._services:
            yield from each.settle(number, at)
        yield from self._happen(number, at)
        slowness, failed = self._slowness(number), self._aurora.failed_share
        minutes = [each.serve(self._demand(each, rps, number), number, slowness, failed) for each in self._services]
        yield from self._within(minutes, number, at)
        self._sandbox.clock.now = end
        written = self._logs.written(slowness, at, is_failing_over=failed > 0)
        self._cloud.emulator.publish(end, self._data(minutes, slowness, at), written)
        yield from self._adjust(number, end)
        series = [
            one
            for each in (self._services if self._is_crawled else ())
            for one in telemetry.task_series(each.deployed, each.desired, each.running(number), at)
        ]
        http.post("/api/v2/series", json={"series": series}).raise_for_status()
        yield from self._logs.send(http, minutes, at, is_silent=self._is_silent(number))
        yield from self._deliver(end)

    def _deliver(self, at: int) -> Iterator[TimelineEvent]:
        """What Firehose could not deliver in time is told: it lies in a bucket, and nowhere else."""
        self._deliveries = self._cloud.emulator.deliver().streams
        for stream, done in self._deliveries.items():
            if done.backed_up:
                title = f"{done.backed_up} records of {stream} lie in the bucket of failed data"
                detail = {"records": done.backed_up, "waiting": done.waiting}
                yield TimelineEvent(at, "forwarding", stream, title, self._environment.name, detail=detail)

    def _is_silent(self, number: int) -> bool:
        """Whether no intake of logs answers."""
        broken = (each.action for each in self._in_force(number))
        return any(
            isinstance(each, BrokenIntake) and not each.answers and each.of in ("all", "logs") for each in broken
        )

    def _break_pipe(self, number: int) -> None:
        """Let the emulator and the intakes have exactly the faults that are in force."""
        faults = []
        self._sandbox.datadog.refuse(0)
        for each in self._in_force(number):
            if isinstance(each.action, StoppedPipe):
                faults.append("firehose-stopped")
            elif isinstance(each.action, BrokenIntake) and each.action.answers:
                self._sandbox.datadog.refuse(each.action.answers, each.action.of)
            elif isinstance(each.action, BrokenIntake):
                faults.append(SILENCE[each.action.of])
        self._cloud.emulator.inject(faults)

    def _within(self, minutes: Sequence[ServiceMinute], number: int, at: int) -> Iterator[TimelineEvent]:
        """Every 20 s before the minute's end: services with high-resolution metrics publish, and follow them."""
        quick = [pair for pair in zip(self._services, minutes, strict=True) if pair[0].deployed.quick_metrics]
        for end in range(at + QUICK_S, at + MINUTE, QUICK_S) if quick else ():
            self._sandbox.clock.now = end
            data = [telemetry.quick_data(each.deployed, minute, end - QUICK_S) for each, minute in quick]
            self._cloud.emulator.publish(end, {telemetry.ECS: list(chain.from_iterable(data))})
            yield from self._scale([each for each, _ in quick if each.deployed.reads_quickly], number, end)

    def _in_force(self, number: int) -> list[Planned]:
        return [each for each in self._plan if each.at_m <= number and (each.until_m is None or number < each.until_m)]

    def _slowness(self, number: int) -> float:
        """How many times as long the database's statements take."""
        factors = [each.action.factor for each in self._in_force(number) if isinstance(each.action, SlowDatabase)]
        return max(factors, default=1.0)

    def _demand(self, service: RunningService, rps: Mapping[str, float], number: int) -> float:
        name = service.service.id
        found = rps.get(name, 0.0)
        for each in self._in_force(number):
            if isinstance(each.action, Traffic) and each.event.service in ("", name):
                found *= each.action.factor
        return found

    def _happen(self, number: int, at: int) -> Iterator[TimelineEvent]:
        """What ends in this minute, then what begins, in the order of the plan."""
        for each in self._plan:
            if number == each.until_m:
                yield from self._end(each, number, at)
        for each in self._plan:
            if number == each.at_m:
                yield from self._begin(each, number, at)

    def _begin(self, planned: Planned, number: int, at: int) -> Iterator[TimelineEvent]:
        action, event = planned.action, replace(planned.event, at=at)
        failover: tuple[str, str] | None = None
        match action:
            case StoppedPipe() | BrokenIntake():
                self._break_pipe(number)
            case LostZone(zone=zone):
                lost = {each.service.id: each.lose_zone(zone, number) for each in self._services}
                event = replace(event, detail={**event.detail, "tasks": lost})
                failover = self._aurora.lose_zone(zone)
            case Failover(outage_s=outage_s):
                failover = self._aurora.fail_over(outage_s)
            case Deploy():
                revision = self._service(event.service).begin_deploy(action, number)
                event = replace(event, detail={**event.detail, "revision": revision})
            case SetCount(to=to):
                before = self._service(event.service).set_count(to, number)
                cause = "set by hand"
                event = replace(event, detail={**event.detail, "from": before, "to": to, "cause": cause})
            case SlowDatabase() | Traffic() | Nothing():
                pass
            case _:
                assert_never(action)
        yield event
        if failover:
            yield self._failover_event(failover, at)
        elif isinstance(action, Failover):
            yield replace(event, title="there is no reader to promote: the writer stays", detail={})

    def _failover_event(self, failover: tuple[str, str], at: int) -> TimelineEvent:
        before, after = failover
        title = f"{after} is promoted to writer, in place of {before}"
        detail = {"from": before, "to": after}
        return TimelineEvent(at, "failover", "aurora", title, self._environment.name, detail=detail)

    def _end(self, planned: Planned, number: int, at: int) -> Iterator[TimelineEvent]:
        action = planned.action
        others = [each.action for each in self._in_force(number)]
        if isinstance(action, StoppedPipe | BrokenIntake):
            self._break_pipe(number)
        if isinstance(action, LostZone) and not any(
            isinstance(each, LostZone) and each.zone == action.zone for each in others
        ):
            for each in self._services:
                each.tasks.regain(action.zone)
            self._aurora.regain_zone(action.zone)
        yield replace(planned.event, at=at, title=planned.end_title, detail={})

    def _service(self, name: str) -> RunningService:
        return next(each for each in self._services if each.service.id == name)

    def _data(self, minutes: Sequence[ServiceMinute], slowness: float, at: int) -> dict[str, list[dict[str, Any]]]:
        """What every AWS service publishes of the minute, by namespace."""
        pairs = [(each.deployed, minute) for each, minute in zip(self._services, minutes, strict=True)]
        return {
            telemetry.ALB: list(chain.from_iterable(telemetry.balancer_data(one, minute, at) for one, minute in pairs)),
            telemetry.ECS: list(chain.from_iterable(telemetry.service_data(one, minute, at) for one, minute in pairs)),
            telemetry.RDS: list(self._aurora.data(minutes, slowness, at)),
            telemetry.FIREHOSE: list(telemetry.pipe_data(self._deliveries, at)),
        }

    def _adjust(self, number: int, at: int) -> Iterator[TimelineEvent]:
        """Read the datapoints back from CloudWatch, set the alarms, and carry out what they ask for."""
        for each in self._services:
            yield from each.watch_deployment(number, at)
            each.replace_missing(number)
        yield from self._scale(self._services, number, at)

    def _scale(self, services: Sequence[RunningService], number: int, at: int) -> Iterator[TimelineEvent]:
        points = self._cloud.datapoints([each.deployed for each in services], at)
        for each in services:
            yield from each.scale(points[each.deployed.name], number, at)
