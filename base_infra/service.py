"""Stack `<env>-Service-<name>`: target group, listener rule, Fargate task and service, scaling."""

from dataclasses import dataclass

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from base_infra.database import DATABASE, Data
from base_infra.edge import Edge
from base_infra.foundation import Foundation
from watchkeeper.autoscaling.model import ScalingConfig
from watchkeeper.constructs.roles import allow, service_role
from watchkeeper.constructs.target_tracking import TargetTrackingScaling
from watchkeeper.project.model import Environment, Listener, Project, Service


@dataclass(frozen=True, slots=True)
class Shared:
    """The stacks that a service stands on."""

    foundation: Foundation
    data: Data
    edge: Edge


class ServiceStack(Stack):
    """One service as it runs in one environment. Nothing refers to it, so it can go in one step."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        project: Project,
        environment: Environment,
        service: Service,
        scaling: ScalingConfig,
        shared: Shared,
        **kwargs: object,
    ) -> None:
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        self._environment = environment
        self._service = service
        self._shared = shared
        group = self._target_group()
        rule = self._listener_rule(group)
        self._log_group = logs.CfnLogGroup(
            self,
            "Logs",
            log_group_name=f"/ecs/{project.name}-{environment.name}/{service.id}",
            retention_in_days=environment.log_retention_days,
        )
        self._log_group.apply_removal_policy(RemovalPolicy.DESTROY)
        running = self._fargate_service(self._task_definition(project), group)
        # ECS refuses a target group that no load balancer uses yet.
        running.add_resource_dependency(rule)
        TargetTrackingScaling(
            self,
            "Scaling",
            config=scaling,
            cluster_name=shared.foundation.cluster_name,
            service_name=running.attr_name,
            load_balancer=shared.edge.load_balancer_name,
            target_group=group.attr_target_group_full_name,
            attached=rule,
        )

    def _target_group(self) -> elb.CfnTargetGroup:
        service = self._service
        attribute = elb.CfnTargetGroup.TargetGroupAttributeProperty
        return elb.CfnTargetGroup(
            self,
            "Targets",
            vpc_id=self._shared.foundation.vpc_id,
            target_type="ip",
            protocol="HTTP",
            port=service.ports.http,
            health_check_enabled=True,
            health_check_protocol="HTTP",
            health_check_path=service.health_check.path,
            health_check_interval_seconds=service.health_check.interval_s,
            health_check_timeout_seconds=service.health_check.timeout_s,
            healthy_threshold_count=2,
            unhealthy_threshold_count=3,
            matcher=elb.CfnTargetGroup.MatcherProperty(http_code="200"),
            target_group_attributes=[attribute(key="deregistration_delay.timeout_seconds", value="30")],
        )

    def _listener_rule(self, group: elb.CfnTargetGroup) -> elb.CfnListenerRule:
        return elb.CfnListenerRule(
            self,
            "Rule",
            listener_arn=self._shared.edge.listener_arn,
            priority=self._service.listener.priority,
            conditions=_conditions(self._service.listener),
            actions=[elb.CfnListenerRule.ActionProperty(type="forward", target_group_arn=group.ref)],
        )

    def _task_definition(self, project: Project) -> ecs.CfnTaskDefinition:
        service, definition = self._service, ecs.CfnTaskDefinition
        variables = {
            "ENV": self._environment.name,
            "SERVICE": service.id,
            "PORT": str(service.ports.http),
            "DATABASE_WRITER_HOST": self._shared.data.writer_host,
            "DATABASE_READER_HOST": self._shared.data.reader_host,
            "DATABASE_PORT": self._shared.data.port,
            "DATABASE_NAME": DATABASE,
        }
        secrets = {
            "DATABASE_USER": f"{self._shared.data.secret_arn}:username::",
            "DATABASE_PASSWORD": f"{self._shared.data.secret_arn}:password::",
        }
        container = definition.ContainerDefinitionProperty(
            name=service.id,
            image=service.image,
            essential=True,
            port_mappings=[definition.PortMappingProperty(container_port=service.ports.http, protocol="tcp")],
            environment=[definition.KeyValuePairProperty(name=name, value=value) for name, value in variables.items()],
            secrets=[definition.SecretProperty(name=name, value_from=value) for name, value in secrets.items()],
            log_configuration=definition.LogConfigurationProperty(
                log_driver="awslogs",
                options={
                    "awslogs-group": self._log_group.ref,
                    "awslogs-region": self._environment.region,
                    "awslogs-stream-prefix": service.id,
                },
            ),
        )
        return definition(
            self,
            "Task",
            family=f"{project.name}-{self._environment.name}-{service.id}",
            cpu=str(service.cpu),
            memory=str(service.memory_mib),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            execution_role_arn=self._execution_role().attr_arn,
            task_role_arn=service_role(self, "TaskRole", "ecs-tasks.amazonaws.com", []).attr_arn,
            container_definitions=[container],
        )

    def _execution_role(self) -> iam.CfnRole:
        """What ECS itself may do to start a task: pull the image, read the secret, write the log."""
        repositories = f"arn:{Aws.PARTITION}:ecr:{Aws.REGION}:{Aws.ACCOUNT_ID}:repository/*"
        pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        return service_role(
            self,
            "ExecutionRole",
            "ecs-tasks.amazonaws.com",
            [
                allow(["ecr:GetAuthorizationToken"], "*"),
                allow(pull, repositories),
                allow(["logs:CreateLogStream", "logs:PutLogEvents"], self._log_group.attr_arn),
                allow(["secretsmanager:GetSecretValue"], self._shared.data.secret_arn),
            ],
        )

    def _fargate_service(self, task: ecs.CfnTaskDefinition, group: elb.CfnTargetGroup) -> ecs.CfnService:
        foundation, service = self._shared.foundation, ecs.CfnService
        # desired_count is left out: scaling owns it, and a deploy that named it would undo what scaling did.
        return service(
            self,
            "Service",
            cluster=foundation.cluster_name,
            service_name=self._service.id,
            launch_type="FARGATE",
            task_definition=task.ref,
            network_configuration=service.NetworkConfigurationProperty(
                awsvpc_configuration=service.AwsVpcConfigurationProperty(
                    subnets=foundation.application_subnets,
                    security_groups=[foundation.application_group],
                    assign_public_ip="DISABLED",
                )
            ),
            load_balancers=[
                service.LoadBalancerProperty(
                    container_name=self._service.id,
                    container_port=self._service.ports.http,
                    target_group_arn=group.ref,
                )
            ],
            health_check_grace_period_seconds=60,
            deployment_configuration=service.DeploymentConfigurationProperty(
                minimum_healthy_percent=100,
                maximum_percent=200,
                deployment_circuit_breaker=service.DeploymentCircuitBreakerProperty(enable=True, rollback=True),
            ),
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
        )


def _conditions(listener: Listener) -> list[elb.CfnListenerRule.RuleConditionProperty]:
    rule = elb.CfnListenerRule
    conditions = []
    if listener.hosts:
        config = rule.HostHeaderConfigProperty(values=list(listener.hosts))
        conditions.append(rule.RuleConditionProperty(field="host-header", host_header_config=config))
    if listener.paths or not listener.hosts:
        # A rule needs a condition; a service that names none takes what no other one took.
        paths = rule.PathPatternConfigProperty(values=list(listener.paths or ("/*",)))
        conditions.append(rule.RuleConditionProperty(field="path-pattern", path_pattern_config=paths))
    return conditions
