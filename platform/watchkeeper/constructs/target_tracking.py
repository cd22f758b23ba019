"""Target tracking for an ECS service, in anybody's CDK app."""

from aws_cdk import aws_applicationautoscaling as aas
from constructs import Construct, IDependable

from watchkeeper.autoscaling.model import ScalingConfig, TargetTrackingPolicy

_REQUESTS = "ALBRequestCountPerTarget"


class TargetTrackingScaling(Construct):
    """A scalable target and one target-tracking policy for each policy of a scaling file.

    cluster_name, service_name: as ECS knows them. Both may be tokens.
    load_balancer, target_group: the full names that CloudWatch uses (`app/NAME/ID`, `targetgroup/NAME/ID`); needed by
    a policy on ALBRequestCountPerTarget. attached: what must exist before a policy may count requests, usually the
    listener rule, because Application Auto Scaling refuses a target group that has no load balancer yet.
    Raises ValueError when such a policy lacks them.

    Source of the alarms that AWS makes of it: Application Auto Scaling user guide, "Target tracking".
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
    ) -> None:
        super().__init__(scope, id)
        self.target = aas.CfnScalableTarget(
            self,
            "Target",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=f"service/{cluster_name}/{service_name}",
            min_capacity=config.min,
            max_capacity=config.max,
        )
        for policy in config.policies:
            label = None
            if policy.metric == _REQUESTS:
                if not load_balancer or not target_group:
                    raise ValueError(
                        f"policy `{policy.id}` counts requests, which needs load_balancer and target_group"
                    )
                label = f"{load_balancer}/{target_group}"
            scaling_policy = self._policy(config, policy, label)
            if attached is not None:
                scaling_policy.node.add_dependency(attached)

    def _policy(self, config: ScalingConfig, policy: TargetTrackingPolicy, label: str | None) -> aas.CfnScalingPolicy:
        return aas.CfnScalingPolicy(
            self,
            f"Policy-{policy.id}",
            policy_name=f"{config.service}-{policy.id}",
            policy_type="TargetTrackingScaling",
            scaling_target_id=self.target.ref,
            target_tracking_scaling_policy_configuration=(
                aas.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty(
                    target_value=policy.target,
                    scale_out_cooldown=policy.scale_out_cooldown_s,
                    scale_in_cooldown=policy.scale_in_cooldown_s,
                    disable_scale_in=policy.disable_scale_in,
                    predefined_metric_specification=aas.CfnScalingPolicy.PredefinedMetricSpecificationProperty(
                        predefined_metric_type=policy.metric, resource_label=label
                    ),
                )
            ),
        )
