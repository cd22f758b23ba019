"""How requests reach a service: target groups, and the rules on the load balancer's listeners."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from constructs import Construct

from watchkeeper.project.model import Listener, Service

GRPC_HEALTH: Final = "/grpc.health.v1.Health/Check"


@dataclass(frozen=True, slots=True)
class Port:
    """One port of the application that the load balancer sends to. paths: none, for all."""

    name: str
    port: int
    is_grpc: bool
    listener_arn: str
    paths: tuple[str, ...]


class Targets(Construct):
    """Target group and listener rule of one port. A gradual deployment moves requests between two groups.

    infrastructure_role: what ECS moves them with; needed for a gradual deployment only.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc_id: str,
        service: Service,
        port: Port,
        role: iam.CfnRole | None,
    ) -> None:
        super().__init__(scope, id)
        self._vpc_id = vpc_id
        self._service = service
        self.port = port
        self._role = role
        self.group = self._group("Group")
        self.alternate = self._group("Alternate") if role else None
        self.rule = self._rule()

    @property
    def groups(self) -> list[elb.CfnTargetGroup]:
        """Every target group that the port has."""
        return [self.group, *([self.alternate] if self.alternate else [])]

    def attachment(self) -> ecs.CfnService.LoadBalancerProperty:
        """How the ECS service is tied to it."""
        service = ecs.CfnService
        advanced = None
        if self.alternate is not None and self._role is not None:
            advanced = service.AdvancedConfigurationProperty(
                alternate_target_group_arn=self.alternate.ref,
                production_listener_rule=self.rule.ref,
                role_arn=self._role.attr_arn,
            )
        return service.LoadBalancerProperty(
            container_name=self._service.id,
            container_port=self.port.port,
            target_group_arn=self.group.ref,
            advanced_configuration=advanced,
        )

    def _group(self, id: str) -> elb.CfnTargetGroup:
        check, group = self._service.health_check, elb.CfnTargetGroup
        is_grpc = self.port.is_grpc
        attribute = group.TargetGroupAttributeProperty
        return group(
            self,
            id,
            vpc_id=self._vpc_id,
            target_type="ip",
            protocol="HTTP",
            protocol_version="GRPC" if is_grpc else "HTTP1",
            port=self.port.port,
            health_check_enabled=True,
            health_check_protocol="HTTP",
            health_check_path=GRPC_HEALTH if is_grpc else check.path,
            health_check_interval_seconds=check.interval_s,
            health_check_timeout_seconds=check.timeout_s,
            healthy_threshold_count=2,
            unhealthy_threshold_count=3,
            matcher=group.MatcherProperty(grpc_code="0") if is_grpc else group.MatcherProperty(http_code="200"),
            target_group_attributes=[attribute(key="deregistration_delay.timeout_seconds", value="30")],
        )

    def _rule(self) -> elb.CfnListenerRule:
        rule, listener = elb.CfnListenerRule, self._service.listener
        if self.alternate is None:
            action = rule.ActionProperty(type="forward", target_group_arn=self.group.ref)
        else:
            weight = rule.TargetGroupTupleProperty
            tuples = [
                weight(target_group_arn=self.group.ref, weight=100),
                weight(target_group_arn=self.alternate.ref, weight=0),
            ]
            action = rule.ActionProperty(
                type="forward", forward_config=rule.ForwardConfigProperty(target_groups=tuples)
            )
        return rule(
            self,
            "Rule",
            listener_arn=self.port.listener_arn,
            priority=listener.priority,
            conditions=_conditions(listener, self.port.paths),
            actions=[action],
        )


def _conditions(listener: Listener, paths: Sequence[str]) -> list[elb.CfnListenerRule.RuleConditionProperty]:
    rule = elb.CfnListenerRule
    conditions = []
    if listener.hosts:
        config = rule.HostHeaderConfigProperty(values=list(listener.hosts))
        conditions.append(rule.RuleConditionProperty(field="host-header", host_header_config=config))
    if paths or not listener.hosts:
        # A rule needs a condition; a service that names none takes what no other one took.
        values = rule.PathPatternConfigProperty(values=list(paths or ("/*",)))
        conditions.append(rule.RuleConditionProperty(field="path-pattern", path_pattern_config=values))
    return conditions
