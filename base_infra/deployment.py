"""How a new version of a service replaces the old one, and what brings the old one back."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from constructs import Construct

from watchkeeper.constructs.pseudo import PARTITION
from watchkeeper.constructs.roles import service_role
from watchkeeper.project.model import Service

_PERIOD_S: Final = 60
_ENOUGH_REQUESTS: Final = 20
"""A minute with fewer requests says nothing about the error ratio."""
_Query = cloudwatch.CfnAlarm.MetricDataQueryProperty


class DeploymentAlarms(Construct):
    """Alarms that end a deployment: the ratio of 5xx, and the response time if the service declares a bound.

    Both watch the groups that take requests, in two of three minutes. names: tokens.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        service: Service,
        load_balancer: str,
        groups: Sequence[elb.CfnTargetGroup],
    ) -> None:
        super().__init__(scope, id)
        self._dimensions = [
            [
                cloudwatch.CfnAlarm.DimensionProperty(name="LoadBalancer", value=load_balancer),
                cloudwatch.CfnAlarm.DimensionProperty(name="TargetGroup", value=group.attr_target_group_full_name),
            ]
            for group in groups
        ]
        alarms = [self._errors(service)]
        if service.deployment.latency_p99_s is not None:
            alarms.append(self._latency(service.deployment.latency_p99_s))
        self.names = [alarm.ref for alarm in alarms]

    def _errors(self, service: Service) -> cloudwatch.CfnAlarm:
        errors = [*self._each("errors", "HTTPCode_Target_5XX_Count", "Sum")]
        requests = [*self._each("requests", "RequestCount", "Sum")]
        error_sum = " + ".join(f"FILL({query.id}, 0)" for query in errors)
        request_sum = " + ".join(f"FILL({query.id}, 0)" for query in requests)
        ratio = _Query(
            id="ratio",
            expression=f"IF(({request_sum}) >= {_ENOUGH_REQUESTS}, ({error_sum}) / ({request_sum}), 0)",
            label="5xx per request",
            return_data=True,
        )
        return self._alarm("Errors", "Ratio of 5xx ends a deployment", service.deployment.error_ratio, [
            ratio, *errors, *requests,
        ])  # fmt: skip

    def _latency(self, bound_s: float) -> cloudwatch.CfnAlarm:
        queries = list(self._each("latency", "TargetResponseTime", "p99"))
        worst = _Query(
            id="worst",
            expression=f"MAX([{', '.join(query.id for query in queries)}])",
            label="p99 of the slower group",
            return_data=True,
        )
        return self._alarm("Latency", "Slow responses end a deployment", bound_s, [worst, *queries])

    def _each(self, name: str, metric: str, statistic: str) -> list[_Query]:
        alarm = cloudwatch.CfnAlarm
        return [
            _Query(
                id=f"{name}{index}",
                return_data=False,
                metric_stat=alarm.MetricStatProperty(
                    metric=alarm.MetricProperty(
                        namespace="AWS/ApplicationELB", metric_name=metric, dimensions=dimensions
                    ),
                    period=_PERIOD_S,
                    stat=statistic,
                ),
            )
            for index, dimensions in enumerate(self._dimensions)
        ]

    def _alarm(self, id: str, description: str, threshold: float, metrics: list[_Query]) -> cloudwatch.CfnAlarm:
        return cloudwatch.CfnAlarm(
            self,
            id,
            alarm_description=description,
            metrics=metrics,
            threshold=threshold,
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=3,
            datapoints_to_alarm=2,
            treat_missing_data="notBreaching",
        )


def shifting_role(scope: Construct, id: str) -> iam.CfnRole:
    """What ECS moves requests between target groups with, by AWS's own policy for it."""
    role = service_role(scope, id, "ecs.amazonaws.com", [])
    role.managed_policy_arns = [f"arn:{PARTITION}:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"]
    return role


def deployment_configuration(
    service: Service, alarm_names: list[str]
) -> ecs.CfnService.DeploymentConfigurationProperty:
    """The settings of ECS. The circuit breaker guards rolling updates only; alarms guard every strategy.

    Source: ECS API reference, DeploymentConfiguration, 2026-11.
    """
    settings, ecs_service = service.deployment, ecs.CfnService
    alarms = ecs_service.DeploymentAlarmsProperty(alarm_names=alarm_names, enable=True, rollback=True)
    breaker = canary = linear = None
    if settings.strategy == "rolling":
        breaker = ecs_service.DeploymentCircuitBreakerProperty(enable=True, rollback=True)
    elif settings.strategy == "canary":
        canary = ecs_service.CanaryConfigurationProperty(
            canary_percent=settings.percent, canary_bake_time_in_minutes=settings.bake_minutes
        )
    else:
        linear = ecs_service.LinearConfigurationProperty(
            step_percent=settings.percent, step_bake_time_in_minutes=settings.bake_minutes
        )
    return ecs_service.DeploymentConfigurationProperty(
        strategy=settings.strategy.upper(),
        minimum_healthy_percent=100,
        maximum_percent=200,
        alarms=alarms,
        deployment_circuit_breaker=breaker,
        canary_configuration=canary,
        linear_configuration=linear,
        bake_time_in_minutes=None if breaker else settings.bake_minutes,
    )
