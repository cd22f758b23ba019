"""A rolling deployment, minute by minute: tasks of the new version beside the old ones, and back again. Pure.

Source: Amazon ECS developer guide, "Rolling update deployments", "CloudWatch alarms", and API reference,
"ServiceDeploymentCircuitBreaker" (read 2026-11): with a maximum of 200 percent every new task starts at once; old ones
drain as new ones become healthy; the breaker trips at half the desired count of failed tasks, at least 3 and at most
200; a deployment with alarms is done after a bake time of the alarms' own periods.
Chosen where it is silent: during one minute both versions share the requests.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

from watchkeeper.sandbox.actions import Deploy
from watchkeeper.sandbox.tasks import START_MINUTES, Tasks

_FAILING_MINUTES: Final = 2
"""From the start of a task that never becomes healthy to its end: start-up, grace period, health checks."""
_NEVER: Final = 1 << 40
Outcome = Literal["completed", "rolled back"]


@dataclass(slots=True)
class Rollout:
    """One deployment. began: number of its first minute. bake_minutes: how long its alarms are heeded afterwards."""

    deploy: Deploy
    old: int
    new: int
    began: int
    bake_minutes: int
    failed_tasks: int = 0
    back_since: int | None = field(default=None)

    @property
    def active(self) -> int:
        """The version of tasks that ECS starts now."""
        return self.new if self.back_since is None else self.old

    def begin(self, tasks: Tasks, desired: int) -> None:
        """Start the new version's tasks."""
        tasks.start(desired, self._ready(self.began), self.new)

    def ready_at(self, began: int) -> int:
        """When a task of the active version that starts now takes requests."""
        return self._ready(began) if self.back_since is None else began + START_MINUTES

    def _ready(self, began: int) -> int:
        return _NEVER if self.deploy.breaks == "health-checks" else began + START_MINUTES

    def unhealthy(self, tasks: Tasks, minute: int) -> int:
        """Targets of the new version that fail their health check."""
        is_failing = self.deploy.breaks == "health-checks" and self.back_since is None and minute > self.began
        return tasks.count(self.new) if is_failing else 0

    def failing_share(self, tasks: Tasks, minute: int) -> float:
        """Of all requests: those that the new version answers with 5xx."""
        running = tasks.in_service(minute)
        if self.deploy.breaks != "errors" or not running:
            return 0.0
        return tasks.in_service(minute, self.new) / running * self.deploy.error_ratio

    def settle(self, tasks: Tasks, minute: int, desired: int) -> Outcome | None:
        """At the beginning of a minute: stop what was replaced in the one before; gives how the deployment ended."""
        if self.back_since is not None:
            # Where no task of the new version was healthy, the old ones have never gone.
            if self.deploy.breaks != "health-checks" and minute <= self.back_since + START_MINUTES:
                return None
            tasks.shrink(self.new, 0)
            tasks.shrink(self.old, desired)
            return "rolled back"
        if self.deploy.breaks == "health-checks":
            return None
        if minute > self.began + START_MINUTES:
            tasks.shrink(self.old, 0)
        return "completed" if minute > self.began + START_MINUTES + self.bake_minutes else None

    def has_tripped(self, tasks: Tasks, minute: int, desired: int) -> bool:
        """The circuit breaker at the end of a minute: tasks that never became healthy are counted and replaced."""
        since = minute + 1 - self.began
        if self.deploy.breaks != "health-checks" or self.back_since is not None or since % _FAILING_MINUTES:
            return False
        self.failed_tasks += tasks.count(self.new)
        return self.failed_tasks >= min(200, max(3, -(-desired // 2)))

    def turn_back(self, tasks: Tasks, minute: int, desired: int) -> None:
        """Begin the rollback with the minute that follows `minute`."""
        self.back_since = minute + 1
        missing = desired - tasks.count(self.old)
        tasks.start(missing, minute + 1 + START_MINUTES, self.old)
