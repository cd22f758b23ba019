"""One service while minutes are played: its tasks, its count, and the deployment that runs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

from watchkeeper.autoscaling.activities import alarm_cause, predictive_cause
from watchkeeper.autoscaling.alarms import alarm_pair, step_alarm
from watchkeeper.autoscaling.control_loop import ControlState, Count, decide
from watchkeeper.project.model import Service
from watchkeeper.sandbox.actions import Deploy
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.deployed import DeployedService
from watchkeeper.sandbox.deployments import Deployments
from watchkeeper.sandbox.forecasts import Forecasts
from watchkeeper.sandbox.rollout import Rollout
from watchkeeper.sandbox.tasks import START_MINUTES, Tasks
from watchkeeper.sandbox.workload import Harm, ServiceMinute, ServiceProfile, service_minute
from watchkeeper.timeline import TimelineEvent

_MINUTE_S: Final = 60


class RunningService:
    """ECS itself knows the desired count and the task definition; what tasks do is played here. env: its name."""

    def __init__(self, service: Service, deployed: DeployedService, cloud: Cloud, env: str) -> None:
        self.service = service
        self.deployed = deployed
        self._cloud = cloud
        self._deployments = Deployments(cloud)
        self._forecasts = Forecasts(cloud, deployed)
        self._env = env
        # Registering a scalable target brings the count into its bounds (Application Auto Scaling user guide).
        self.desired = min(max(deployed.desired, deployed.scaling.min), deployed.scaling.max)
        if self.desired != deployed.desired:
            cloud.set_count(deployed, self.desired)
        self.tasks = Tasks(deployed.zones, self.desired)
        self._control = ControlState()
        self._version, self._newest = 0, 0
        self._revision = deployed.task_definition
        self._revisions: dict[int, str] = {}
        self._rollout: Rollout | None = None
        self._firing: list[str] = []
        self._lost_share = 0.0
        self._served_by = self.desired
        self._fulfilled_at: int | None = 0
        self._unhealthy_until: dict[int, int] = {}

    def running(self, minute: int) -> int:
        """Tasks that take requests."""
        return self.tasks.in_service(minute)

    def serve(self, rps: float, minute: int, slowness: float, failed_share: float) -> ServiceMinute:
        """Play a minute of demand. failed_share: of the requests, for want of a database."""
        rollout = self._rollout
        failing = rollout.failing_share(self.tasks, minute) if rollout else 0.0
        gone = sum(count for until, count in self._unhealthy_until.items() if minute < until)
        harm = Harm(
            failed=1 - (1 - failing) * (1 - failed_share),
            lost=self._lost_share,
            unhealthy=gone + (rollout.unhealthy(self.tasks, minute) if rollout else 0),
        )
        self._lost_share = 0.0
        vcpu = self.service.cpu / 1024
        self._served_by = self.running(minute)
        return service_minute(rps, self._served_by, vcpu, ServiceProfile(), slowness, harm)

    def lose_zone(self, zone: str, minute: int) -> int:
        """Its tasks are gone; until the load balancer sees that, their share of the requests gets no answer."""
        before = self.running(minute)
        gone = self.tasks.lose(zone, minute)
        if gone:
            self._lost_share = gone / before * min(1.0, self.deployed.unhealthy_after_s / _MINUTE_S)
            self._unhealthy_until[minute + 1 + START_MINUTES] = gone
        return gone

    def begin_deploy(self, deploy: Deploy, minute: int) -> str:
        """Let ECS run a new revision; gives its name. A deployment that runs already ends here, as in ECS."""
        if self._rollout is not None:
            self._end_rollout(self._rollout.active)
        arn = self._deployments.register_revision(self.deployed)
        self._deployments.put_revision(self.deployed, arn)
        old = self._version
        self._newest += 1
        bake = self._deployments.bake_minutes(self.deployed)
        self._rollout = Rollout(deploy, old, self._newest, minute, bake)
        self._revisions = {old: self._revision, self._newest: arn}
        self._rollout.begin(self.tasks, self.desired)
        return arn.rpartition("/")[2]

    def settle(self, minute: int, at: int) -> Iterator[TimelineEvent]:
        """The beginning of a minute: a deployment goes on, or ends."""
        rollout = self._rollout
        outcome = rollout.settle(self.tasks, minute, self.desired) if rollout else None
        if rollout and outcome:
            self._end_rollout(rollout.active)
            yield self._told(at, "deploy", f"deployment of {self.service.id} is {outcome}", {"outcome": outcome})

    def watch_deployment(self, minute: int, at: int) -> Iterator[TimelineEvent]:
        """The end of a minute: alarms and the circuit breaker may turn the deployment back."""
        rollout = self._rollout
        if rollout is None and not self._firing:
            return
        self._firing = firing = self._deployments.firing(self.deployed, at)
        if rollout is None or rollout.back_since is not None:
            return
        if not firing and not rollout.has_tripped(self.tasks, minute, self.desired):
            return
        rollout.turn_back(self.tasks, minute, self.desired)
        self._deployments.put_revision(self.deployed, self._revisions[rollout.old])
        why = f"alarm {', '.join(firing)}" if firing else f"circuit breaker after {rollout.failed_tasks} failed tasks"
        title = f"deployment of {self.service.id} failed ({why}): rolling back"
        yield self._told(at, "deploy", title, {"outcome": "failed", "alarms": firing, "failed": rollout.failed_tasks})

    def replace_missing(self, minute: int) -> None:
        """The end of a minute: ECS starts what is missing."""
        missing = self.desired - self.tasks.count(self._active)
        if missing > 0:
            self._start(missing, minute)

    def set_count(self, to: int, minute: int) -> int:
        """Somebody sets the count; gives what it was."""
        before = self.desired
        self._change(to, minute - 1)
        return before

    def scale(self, given: Mapping[str, Sequence[float | None]], minute: int, at: int) -> Iterator[TimelineEvent]:
        """At `at`, in a minute or at its end: what the control loop makes of every policy's datapoints, carried out."""
        scaling = self.deployed.scaling
        if self._fulfilled_at is None and self.running(minute) >= self.desired:
            self._fulfilled_at = (at - 1) // _MINUTE_S * _MINUTE_S
        found = decide(
            scaling,
            self.deployed.resource_id,
            given,
            # The datapoints are of the tasks that served the minute, also once some of them have been stopped in it.
            Count(running=self._served_by, desired=self.desired, fulfilled_at=self._fulfilled_at),
            self._control,
            at,
            is_deploying=self._rollout is not None,
            forecast=self._forecasts.at(at),
        )
        self._control = found.state
        self._cloud.show_alarms(found.alarms)
        self._cloud.tell(found.activities)
        if found.desired is None or found.activity is None:
            return
        before, cause = self.desired, found.activity["Cause"]
        if found.desired > before:
            self._fulfilled_at = None
        self._change(found.desired, minute)
        evidence = {"from": before, "to": found.desired, "cause": cause, **_evidence(self.deployed, given, cause)}
        title = f"{self.service.id}: {before} -> {found.desired} tasks"
        yield self._told(at, "scaling", title, evidence, self.deployed.resource_id)

    @property
    def _active(self) -> int:
        """The version of which ECS keeps the desired count."""
        return self._rollout.active if self._rollout else self._version

    def _change(self, desired: int, minute: int) -> None:
        """A new desired count, at the end of a minute."""
        added = desired - self.desired
        self.desired = desired
        self._cloud.set_count(self.deployed, desired)
        if added > 0:
            self._start(added, minute)
        else:
            self.tasks.shrink(self._active, desired)

    def _start(self, count: int, minute: int) -> None:
        began = minute + 1
        ready = self._rollout.ready_at(began) if self._rollout else began + START_MINUTES
        self.tasks.start(count, ready, self._active)

    def _end_rollout(self, version: int) -> None:
        self._version = version
        self._revision = self._revisions[version]
        self._rollout = None

    def _told(
        self,
        at: int,
        kind: Literal["deploy", "scaling"],
        title: str,
        detail: Mapping[str, object],
        source: str = "",
    ) -> TimelineEvent:
        source = source or self.deployed.name
        return TimelineEvent(at, kind, source, title, self._env, self.service.id, detail)


def _evidence(
    service: DeployedService, datapoints: Mapping[str, Sequence[float | None]], cause: str
) -> dict[str, object]:
    """What the alarm saw: the policy, its target, the threshold, and CloudWatch's datapoints, oldest first.

    Of a step policy and a forecast the policy alone; nothing of a scheduled action.
    """
    scaling = service.scaling
    for policy in scaling.policies:
        for alarm in alarm_pair(policy, service.resource_id):
            if alarm.name in cause:
                seen = [None if value is None else round(value, 3) for value in datapoints[policy.id][-alarm.periods :]]
                evidence = {"policy": policy.id, "metric": policy.metric_name, "target": policy.target}
                return {**evidence, "threshold": alarm.threshold, "datapoints": seen}
    for step_policy in scaling.step_policies:
        if cause == alarm_cause(step_alarm(step_policy, service.cluster, scaling.service).name, step_policy.id):
            return {"policy": step_policy.id}
    predictive = scaling.predictive
    return {"policy": predictive.id} if predictive is not None and cause == predictive_cause(predictive.id) else {}
