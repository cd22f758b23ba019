"""What is deployed, as its own services tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from watchkeeper.autoscaling.metrics import Names
from watchkeeper.autoscaling.model import ScalingConfig

_MINUTE_S: Final = 60
QUICK_S: Final = 20
"""How often a service publishes its high-resolution metrics, in seconds."""


@dataclass(frozen=True, slots=True)
class DeployedService:
    """One service. names: as CloudWatch names it and what stands before it. tags: of the ECS service.

    zones: of its subnets. unhealthy_after_s: how long the load balancer takes to see that a target is gone.
    task_definition: the revision that runs. alarms: names of those that end a deployment.
    quick_metrics: names of those that ECS publishes every 20 s.
    """

    names: Names
    desired: int
    scaling: ScalingConfig
    tags: Mapping[str, str]
    zones: tuple[str, ...] = ()
    unhealthy_after_s: int = 0
    task_definition: str = ""
    alarms: tuple[str, ...] = ()
    quick_metrics: frozenset[str] = frozenset()

    @property
    def reads_quickly(self) -> bool:
        """Whether any of its policies reads a metric more often than every minute."""
        given = self.scaling
        periods = [*(each.period_s for each in given.policies), *(each.period_s for each in given.step_policies)]
        return any(period_s < _MINUTE_S for period_s in periods)

    @property
    def name(self) -> str:
        """As ECS names it."""
        return self.names.service

    @property
    def cluster(self) -> str:
        """As ECS names it."""
        return self.names.cluster

    @property
    def load_balancer(self) -> str:
        """As CloudWatch names it."""
        return self.names.load_balancer

    @property
    def target_group(self) -> str:
        """As CloudWatch names it."""
        return self.names.target_group

    @property
    def resource_id(self) -> str:
        """As Application Auto Scaling names it."""
        return self.names.resource_id


@dataclass(frozen=True, slots=True)
class DeployedDatabase:
    """The instances of the cluster, the writer first. zones: of each instance, by its name."""

    cluster: str
    instances: tuple[str, ...]
    zones: Mapping[str, str]
