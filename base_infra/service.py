"""Stack `<env>-Service-<name>`: target groups, listener rules, Fargate task and service, scaling."""

from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from base_infra.broker import Broker
from base_infra.database import DATABASE, Data
from base_infra.deployment import DeploymentAlarms, deployment_configuration, shifting_role
from base_infra.edge import Edge
from base_infra.foundation import Foundation
from base_infra.logs import log_group
from base_infra.targets import Port, Targets
from base_infra.task import Task, TaskInputs
from watchkeeper.autoscaling.model import ScalingConfig
from watchkeeper.constructs.pseudo import ACCOUNT, PARTITION, REGION
from watchkeeper.constructs.roles import allow
from watchkeeper.constructs.scaling import ServiceScaling
from watchkeeper.forwarding.model import ApplicationLogs
from watchkeeper.forwarding.sites import SITES
from watchkeeper.project.model import Environment, Project, Service

_GRACE_S = 60
_DNS_TTL_S = 10


@dataclass(frozen=True, slots=True)
class Shared:
    """The stacks that a service stands on. broker: None where the environment has none. logs: of every service."""

    foundation: Foundation
    data: Data
    edge: Edge
    logs: ApplicationLogs
    broker: Broker | None = None


class ServiceStack(Stack):
    """One service as it runs in one environment. Nothing refers to it, so it can go in one step."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        project: Project,
        environment: Environment,
        service: Service,
        scaling: ScalingConfig,
        shared: Shared,
        **kwargs: object,
    ) -> None:
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        self._project = project
        self._environment = environment
        self._service = service
        self._shared = shared
        targets = self._targets()
        alarms = DeploymentAlarms(
            self, "Deployment", service, shared.edge.load_balancer_name, [each for t in targets for each in t.groups]
        )
        task = Task(self, "Task", self._inputs())
        running = self._fargate_service(task, targets, alarms)
        for each in targets:
            # ECS refuses a target group that no load balancer uses yet; a gradual deployment names the rule itself.
            if each.alternate is None:
                running.add_resource_dependency(each.rule)
        ServiceScaling(
            self,
            "Scaling",
            config=scaling,
            cluster_name=shared.foundation.cluster_name,
            service_name=running.attr_name,
            load_balancer=shared.edge.load_balancer_name,
            target_group=targets[0].group.attr_target_group_full_name,
            attached=targets[0].rule,
            service=running,
        )

    def _targets(self) -> list[Targets]:
        """The ports that the load balancer sends to; HTTP first."""
        service, edge = self._service, self._shared.edge
        ports = [Port("Http", service.ports.http, False, edge.listener_arn, service.listener.paths)]
        if service.edge_grpc is not None:
            assert edge.grpc_listener_arn is not None
            ports.append(Port("Grpc", service.edge_grpc, True, edge.grpc_listener_arn, service.listener.grpc_paths))
        role = None if service.deployment.strategy == "rolling" else shifting_role(self, "ShiftingRole")
        vpc_id = self._shared.foundation.vpc_id
        return [Targets(self, port.name, vpc_id=vpc_id, service=service, port=port, role=role) for port in ports]

    def _inputs(self) -> TaskInputs:
        project, environment, service, shared = self._project, self._environment, self._service, self._shared
        group = log_group(
            self,
            "Logs",
            f"/ecs/{project.name}-{environment.name}/{service.id}",
            retention_days=environment.log_retention_days,
            key_arn=shared.foundation.key_arn,
        )
        user = service.id.replace("-", "_")
        variables = {
            "ENV": environment.name,
            "SERVICE": service.id,
            "PORT": str(service.ports.http),
            **({"GRPC_PORT": str(service.ports.grpc)} if service.ports.grpc is not None else {}),
            "DATABASE_WRITER_HOST": shared.data.writer_host,
            "DATABASE_READER_HOST": shared.data.reader_host,
            "DATABASE_PORT": shared.data.port,
            "DATABASE_NAME": DATABASE,
            # For a user that logs in with an IAM token; RDS changes the administrator's password behind the ARN weekly,
            # so it is read when a connection is made, not handed over once at the start.
            "DATABASE_USER": user,
            "DATABASE_SECRET_ARN": shared.data.secret_arn,
            **({"BROKER_CLUSTER_ARN": shared.broker.cluster_arn} if shared.broker else {}),
            **service.environment,
        }
        users = f"arn:{PARTITION}:rds-db:{REGION}:{ACCOUNT}:dbuser:{shared.data.resource_id}/{user}"
        statements = [
            allow(["rds-db:connect"], users),
            allow(["secretsmanager:GetSecretValue"], shared.data.secret_arn),
            allow(["kms:Decrypt"], shared.foundation.key_arn),
            *(_broker_statements(shared.broker) if shared.broker else []),
        ]
        if service.execute_command:
            streams = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
            statements.append(allow(streams, shared.foundation.exec_log_group_arn))
        return TaskInputs(
            environment=environment,
            service=service,
            site=SITES[project.datadog.site],
            family=f"{project.name}-{environment.name}-{service.id}",
            log_group=group,
            key_arn=shared.foundation.key_arn,
            api_key_secret=shared.foundation.api_key_secret,
            variables=variables,
            secrets=service.secrets,
            statements=tuple(statements),
            application_logs=shared.logs,
        )

    def _fargate_service(self, task: Task, targets: list[Targets], alarms: DeploymentAlarms) -> ecs.CfnService:
        foundation, service = self._shared.foundation, ecs.CfnService
        spot = self._service.capacity.spot_percent
        strategy = service.CapacityProviderStrategyItemProperty
        base = self._service.capacity.on_demand_base if spot else 0
        providers = [strategy(capacity_provider="FARGATE", base=base, weight=100 - spot)]
        if spot:
            providers.append(strategy(capacity_provider="FARGATE_SPOT", weight=spot))
        # desired_count is left out: scaling owns it, and a deploy that named it would undo what scaling did.
        return service(
            self,
            "Service",
            cluster=foundation.cluster_name,
            service_name=self._service.id,
            capacity_provider_strategy=providers,
            platform_version="LATEST",
            task_definition=task.arn,
            network_configuration=service.NetworkConfigurationProperty(
                awsvpc_configuration=service.AwsVpcConfigurationProperty(
                    subnets=foundation.application_subnets,
                    security_groups=[foundation.application_group],
                    assign_public_ip="DISABLED",
                )
            ),
            load_balancers=[each.attachment() for each in targets],
            service_registries=self._registries(),
            health_check_grace_period_seconds=_GRACE_S,
            deployment_configuration=deployment_configuration(self._service, alarms.names),
            availability_zone_rebalancing="ENABLED",
            enable_execute_command=self._service.execute_command,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
        )

    def _registries(self) -> list[ecs.CfnService.ServiceRegistryProperty] | None:
        """The name under which the tasks of other services find an internal port."""
        if self._service.internal_grpc is None:
            return None
        registry = servicediscovery.CfnService
        made = registry(
            self,
            "Name",
            name=self._service.id,
            namespace_id=self._shared.foundation.namespace_id,
            dns_config=registry.DnsConfigProperty(
                routing_policy="MULTIVALUE", dns_records=[registry.DnsRecordProperty(type="A", ttl=_DNS_TTL_S)]
            ),
            health_check_custom_config=registry.HealthCheckCustomConfigProperty(failure_threshold=1),
        )
        return [ecs.CfnService.ServiceRegistryProperty(registry_arn=made.attr_arn)]


def _broker_statements(broker: Broker) -> list[dict[str, object]]:
    """What a client of the broker may do, on its cluster only. Source: MSK developer guide, "IAM access control"."""
    prefix = f"arn:{PARTITION}:kafka:{REGION}:{ACCOUNT}"
    topics = ("DescribeTopic", "ReadData", "WriteData")
    groups = ("AlterGroup", "DescribeGroup")
    return [
        allow(
            ["kafka:GetBootstrapBrokers", "kafka-cluster:Connect", "kafka-cluster:WriteDataIdempotently"],
            broker.cluster_arn,
        ),
        allow([f"kafka-cluster:{action}" for action in topics], f"{prefix}:topic/{broker.cluster_path}/*"),
        allow([f"kafka-cluster:{action}" for action in groups], f"{prefix}:group/{broker.cluster_path}/*"),
    ]
