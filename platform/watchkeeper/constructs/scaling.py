"""Scaling of an ECS service from its scaling file, in anybody's CDK app."""

from datetime import UTC, datetime

from aws_cdk import CfnResource
from aws_cdk import aws_applicationautoscaling as aas
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct, IDependable

from watchkeeper.autoscaling.metrics import MissingNameError, Names
from watchkeeper.autoscaling.model import REQUESTS, ScalingConfig, StepPolicy, TargetTrackingPolicy
from watchkeeper.constructs import scaling_policies as policies
from watchkeeper.constructs.scaling_policies import REQUEST_COUNT

_MONITORED = ("CPUUtilization", "MemoryUtilization")
_RESOLUTION_S = 20


class ServiceScaling(Construct):
    """A scalable target with the policies and scheduled actions of a scaling file.

    cluster_name, service_name: as ECS knows them. Both may be tokens.
    load_balancer, target_group: the full names that CloudWatch uses (`app/NAME/ID`, `targetgroup/NAME/ID`); needed by
    a policy that counts requests. attached: what must exist before a policy may count requests, usually the listener
    rule, because Application Auto Scaling refuses a target group that has no load balancer yet.
    service: the service itself, needed for high-resolution metrics, whose publication it must switch on; `of` gives it.

    High-resolution metrics are rolled out in two deployments, because a policy on them is refused until every task
    publishes them: `high_resolution: prepare` lets the service publish while policies read every 60 s, `on` lets the
    policies read every 20 s.
    Raises ValueError when a policy lacks what it needs, and when the service sets its desired count: every deploy
    would undo what scaling did.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that every construct uses
        *,
        config: ScalingConfig,
        cluster_name: str,
        service_name: str,
        load_balancer: str | None = None,
        target_group: str | None = None,
        attached: IDependable | None = None,
        service: ecs.CfnService | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._names = Names(
            cluster=cluster_name,
            service=service_name,
            load_balancer=load_balancer or "",
            target_group=target_group or "",
        )
        if service is not None and service.desired_count is not None:
            raise ValueError(
                f"the service `{config.service}` sets its desired count ({service.desired_count:g}), which undoes at "
                "every deploy what scaling did; leave it out"
            )
        self._publish(service)
        self.target = self._target()
        self.policies: dict[str, aas.CfnScalingPolicy] = {}
        self.alarms: dict[str, cloudwatch.CfnAlarm] = {}
        for policy in config.policies:
            self.policies[policy.id] = self._policy(policy.id, target_tracking=self._tracking(policy))
        for step_policy in config.step_policies:
            self.policies[step_policy.id] = self._policy(step_policy.id, steps=policies.step_configuration(step_policy))
            self.alarms[step_policy.id] = self._alarm(step_policy)
        if config.predictive is not None:
            label = self._label(config.predictive.id) if config.predictive.metric == REQUEST_COUNT else None
            predictive = policies.predictive_configuration(config.predictive, label)
            self.policies[config.predictive.id] = self._policy(config.predictive.id, predictive=predictive)
        for each in self.policies.values():
            if isinstance(attached, CfnResource):
                each.add_resource_dependency(attached)
            elif attached is not None:
                each.node.add_dependency(attached)
            if service is not None:
                # A policy on a high-resolution metric is refused until the deployment that publishes it is over.
                each.add_resource_dependency(service)

    @classmethod
    def of(
        cls,
        service: ecs.BaseService,
        *,
        config: ScalingConfig,
        target_group: elb.ApplicationTargetGroup | None = None,
        id: str = "WatchkeeperScaling",  # noqa: A002 - the name that every construct uses
    ) -> "ServiceScaling":
        """Scaling of a service that an app has already, made by any of the CDK's own constructs.

        target_group: the one whose requests count; it must be attached to a listener.
        Raises ValueError as the class does, and for an imported service, which no template of this app describes.
        """
        inner = next((each for each in service.node.find_all() if isinstance(each, ecs.CfnService)), None)
        if inner is None:
            raise ValueError(f"{service.node.path} is imported: no template of this app describes it")
        return cls(
            service,
            id,
            config=config,
            cluster_name=service.cluster.cluster_name,
            service_name=service.service_name,
            load_balancer=target_group.first_load_balancer_full_name if target_group is not None else None,
            target_group=target_group.target_group_full_name if target_group is not None else None,
            attached=target_group.load_balancer_attached if target_group is not None else None,
            service=inner,
        )

    def _publish(self, service: ecs.CfnService | None) -> None:
        """Let the service publish its metrics every 20 s."""
        if self._config.high_resolution == "off":
            return
        if service is None:
            raise ValueError(
                f"high_resolution of `{self._config.service}` needs `service`, whose metrics it must switch on"
            )
        configuration = ecs.CfnService.MetricConfigurationProperty(
            metric_names=list(_MONITORED), resolution_seconds=_RESOLUTION_S
        )
        service.monitoring = ecs.CfnService.MonitoringConfigurationProperty(metric_configurations=[configuration])

    def _target(self) -> aas.CfnScalableTarget:
        config, target = self._config, aas.CfnScalableTarget
        actions = [
            target.ScheduledActionProperty(
                scheduled_action_name=f"{config.service}-{action.id}",
                schedule=str(action.schedule),
                timezone=action.timezone,
                scalable_target_action=target.ScalableTargetActionProperty(
                    min_capacity=action.min, max_capacity=action.max
                ),
                start_time=_moment(action.starts_at),
                end_time=_moment(action.ends_at),
            )
            for action in config.schedules
        ]
        suspended = config.suspended
        return target(
            self,
            "Target",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=f"service/{self._names.cluster}/{self._names.service}",
            min_capacity=config.min,
            max_capacity=config.max,
            scheduled_actions=actions or None,
            suspended_state=target.SuspendedStateProperty(
                dynamic_scaling_in_suspended=suspended.scale_in,
                dynamic_scaling_out_suspended=suspended.scale_out,
                scheduled_scaling_suspended=suspended.schedules,
            ),
        )

    def _label(self, policy: str) -> str:
        names = self._names
        if not names.load_balancer or not names.target_group:
            raise ValueError(f"policy `{policy}` counts requests, which needs load_balancer and target_group")
        return f"{names.load_balancer}/{names.target_group}"

    def _tracking(
        self, policy: TargetTrackingPolicy
    ) -> aas.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty:
        label = self._label(policy.id) if policy.metric == REQUESTS else None
        try:
            return policies.tracking_configuration(policy, self._names, label)
        except MissingNameError as err:
            raise ValueError(f"policy `{policy.id}`: {err}") from err

    def _alarm(self, policy: StepPolicy) -> cloudwatch.CfnAlarm:
        try:
            return policies.step_alarm(self, policy, self._config.service, self._names, self.policies[policy.id].ref)
        except MissingNameError as err:
            raise ValueError(f"policy `{policy.id}`: {err}") from err

    def _policy(
        self,
        policy: str,
        *,
        target_tracking: aas.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty | None = None,
        steps: aas.CfnScalingPolicy.StepScalingPolicyConfigurationProperty | None = None,
        predictive: aas.CfnScalingPolicy.PredictiveScalingPolicyConfigurationProperty | None = None,
    ) -> aas.CfnScalingPolicy:
        kind = "TargetTrackingScaling" if target_tracking else "StepScaling" if steps else "PredictiveScaling"
        return aas.CfnScalingPolicy(
            self,
            f"Policy-{policy}",
            policy_name=f"{self._config.service}-{policy}",
            policy_type=kind,
            scaling_target_id=self.target.ref,
            target_tracking_scaling_policy_configuration=target_tracking,
            step_scaling_policy_configuration=steps,
            predictive_scaling_policy_configuration=predictive,
        )


def _moment(at: int | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
