"""The task of a service: the application, and beside it the Datadog Agent and the log router."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aws_cdk import CfnResource
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct
from datadog_cdk_constructs_v2 import (
    APMFeatureConfig,
    DatadogECSFargate,
    DogstatsdFeatureConfig,
)

from watchkeeper.constructs.firelens import datadog_log_driver
from watchkeeper.constructs.pseudo import PARTITION
from watchkeeper.constructs.roles import allow, service_role
from watchkeeper.forwarding.api_key import FIELD
from watchkeeper.forwarding.model import ApplicationLogs
from watchkeeper.forwarding.sites import Site
from watchkeeper.project.model import Environment, Service

ROUTER_IMAGE: Final = "public.ecr.aws/aws-observability/aws-for-fluent-bit"
_AGENT_CPU, _AGENT_MIB = 32, 256
_ROUTER_MIB: Final = 64
_LINUX: Final = ecs.OperatingSystemFamily.LINUX


@dataclass(frozen=True, slots=True)
class TaskInputs:
    """What a task needs of its surroundings; tokens but for the settings.

    variables, secrets: of the application; secrets are ARNs, or `ARN:key::`. statements: what the application may do.
    application_logs: how what it prints reaches Datadog.
    """

    environment: Environment
    service: Service
    site: Site
    family: str
    log_group: logs.CfnLogGroup
    key_arn: str
    api_key_secret: str
    variables: Mapping[str, str]
    secrets: Mapping[str, str]
    statements: tuple[dict[str, object], ...]
    application_logs: ApplicationLogs


class Task(Construct):
    """The task definition. arn: a token."""

    def __init__(self, scope: Construct, id: str, inputs: TaskInputs) -> None:
        super().__init__(scope, id)
        self._inputs = inputs
        service = inputs.service
        self._version = service.version or image_version(service.image)
        architecture = ecs.CpuArchitecture.ARM64 if service.architecture == "arm64" else ecs.CpuArchitecture.X86_64
        props = ecs.FargateTaskDefinitionProps(
            family=inputs.family,
            cpu=service.cpu,
            memory_limit_mib=service.memory_mib,
            execution_role=self._imported("Execution", self._execution_role()),
            task_role=self._imported("Role", service_role(self, "TaskRole", "ecs-tasks.amazonaws.com", [
                *inputs.statements, *(_session_statements(inputs) if service.execute_command else []),
            ])),
            runtime_platform=ecs.RuntimePlatform(cpu_architecture=architecture, operating_system_family=_LINUX),
        )  # fmt: skip
        if service.telemetry.agent:
            definition = self._with_agent(props)
            self._add_router(definition)
        else:
            definition = ecs.FargateTaskDefinition(self, "Definition", **props._values)  # noqa: SLF001 - CDK's own bag
        self._add_application(definition)
        self.arn = definition.task_definition_arn

    def _imported(self, id: str, role: iam.CfnRole) -> iam.IRole:
        """The role as the CDK's higher constructs take it, which then grant nothing by themselves."""
        return iam.Role.from_role_arn(self, id, role.attr_arn, mutable=False)

    def _execution_role(self) -> iam.CfnRole:
        """What ECS itself may do to start a task: pull a private image, read the secrets, write the log."""
        inputs = self._inputs
        secrets = {_secret_arn(reference) for reference in inputs.secrets.values()}
        if inputs.service.telemetry.agent:
            secrets.add(inputs.api_key_secret)
        reads = [
            allow(["secretsmanager:GetSecretValue"], *sorted(secrets)),
            allow(["kms:Decrypt"], inputs.key_arn),
        ]
        return service_role(
            self,
            "ExecutionRole",
            "ecs-tasks.amazonaws.com",
            [
                *_pull_statements(inputs.service.image),
                allow(["logs:CreateLogStream", "logs:PutLogEvents"], inputs.log_group.attr_arn),
                *(reads if secrets else []),
            ],
        )

    def _with_agent(self, props: ecs.FargateTaskDefinitionProps) -> ecs.FargateTaskDefinition:
        """A task with the Agent in it.

        What the construct of Datadog leaves open is closed here: images are pinned, an Agent that has ended is started
        again, and its own log goes to CloudWatch, where it is read when the way to Datadog is broken.
        """
        inputs, telemetry = self._inputs, self._inputs.service.telemetry
        secret = secretsmanager.Secret.from_secret_complete_arn(self, "ApiKey", inputs.api_key_secret)
        definition: ecs.FargateTaskDefinition = DatadogECSFargate(
            api_key_secret=secret,
            api_key_secret_field=FIELD,
            site=inputs.site.name,
            env=inputs.environment.name,
            service=inputs.service.id,
            version=self._version,
            global_tags=f"team:{inputs.service.team}",
            image_version=telemetry.agent_version,
            cpu=_AGENT_CPU,
            memory_limit_mib=_AGENT_MIB,
            is_datadog_essential=False,
            is_datadog_dependency_enabled=False,
            read_only_root_filesystem=True,
            apm=APMFeatureConfig(is_enabled=telemetry.traces, is_socket_enabled=True),
            dogstatsd=DogstatsdFeatureConfig(is_enabled=True, is_socket_enabled=True, is_origin_detection_enabled=True),
        ).fargate_task_definition(self, "Definition", props)
        resource = definition.node.default_child
        assert isinstance(resource, CfnResource)
        group = {"Ref": inputs.log_group.stack.get_logical_id(inputs.log_group)}
        for index, name in enumerate(("agent", "agent-setup")):
            options = {
                "awslogs-group": group,
                "awslogs-region": inputs.environment.region,
                "awslogs-stream-prefix": name,
            }
            own_log = {"LogDriver": "awslogs", "Options": options}
            resource.add_property_override(f"ContainerDefinitions.{index}.LogConfiguration", own_log)
        resource.add_property_override("ContainerDefinitions.0.RestartPolicy", {"Enabled": True})
        return definition

    def _add_router(self, definition: ecs.FargateTaskDefinition) -> None:
        """Fluent Bit, to which ECS hands what the application prints. It is started again when it ends.

        Its end does not end the task.
        """
        telemetry = self._inputs.service.telemetry
        definition.add_firelens_log_router(
            "Router",
            container_name="log-router",
            image=ecs.ContainerImage.from_registry(f"{ROUTER_IMAGE}:{telemetry.router_version}"),
            firelens_config=ecs.FirelensConfig(
                type=ecs.FirelensLogRouterType.FLUENTBIT, options=ecs.FirelensOptions(enable_ecs_log_metadata=True)
            ),
            essential=False,
            enable_restart_policy=True,
            memory_reservation_mib=_ROUTER_MIB,
            user="0",
            logging=self._cloudwatch("router"),
            version_consistency=ecs.VersionConsistency.ENABLED,
        )

    def _cloudwatch(self, stream: str) -> ecs.LogDriver:
        group = logs.LogGroup.from_log_group_name(self, f"Log-{stream}", self._inputs.log_group.ref)
        return ecs.LogDriver.aws_logs(log_group=group, stream_prefix=stream)

    def _datadog_log(self) -> ecs.LogDriver:
        """Logs to the intake of the project's own site, over TLS, compressed, retried, and never holding up a task."""
        inputs, service = self._inputs, self._inputs.service
        secret = secretsmanager.Secret.from_secret_complete_arn(self, "LogApiKey", inputs.api_key_secret)
        return datadog_log_driver(
            secret,
            FIELD,
            inputs.site,
            source=inputs.application_logs.source_of(service.id),
            tags={
                "env": inputs.environment.name,
                "service": service.id,
                "team": service.team,
                "version": self._version,
            },
            retries=inputs.application_logs.retries,
        )

    def _add_application(self, definition: ecs.FargateTaskDefinition) -> None:
        inputs, service = self._inputs, self._inputs.service
        linux = ecs.LinuxParameters(self, "Linux", init_process_enabled=True)
        linux.drop_capabilities(ecs.Capability.ALL)
        ports = [ecs.PortMapping(container_port=service.ports.http, protocol=ecs.Protocol.TCP)]
        if service.ports.grpc is not None:
            ports.append(ecs.PortMapping(container_port=service.ports.grpc, protocol=ecs.Protocol.TCP))
        privileged = ecs.SystemControl(namespace="net.ipv4.ip_unprivileged_port_start", value="0")
        container = definition.add_container(
            "Application",
            container_name=service.id,
            image=ecs.ContainerImage.from_registry(service.image),
            essential=True,
            user=service.user,
            readonly_root_filesystem=service.read_only_root,
            linux_parameters=linux,
            # A process that is not root may bind below 1024 in the network namespace of its own task.
            system_controls=[privileged] if service.binds_privileged_port else None,
            port_mappings=ports,
            environment=dict(inputs.variables),
            secrets={name: self._secret(name, reference) for name, reference in inputs.secrets.items()},
            logging=self._datadog_log() if service.telemetry.agent else self._cloudwatch(service.id),
            version_consistency=ecs.VersionConsistency.ENABLED,
        )
        for index, path in enumerate(service.writable_paths):
            definition.add_volume(name=f"writable-{index}")
            container.add_mount_points(
                ecs.MountPoint(container_path=path, source_volume=f"writable-{index}", read_only=False)
            )

    def _secret(self, name: str, reference: str) -> ecs.Secret:
        arn = _secret_arn(reference)
        key = reference.removeprefix(arn).strip(":").partition(":")[0] or None
        secret = secretsmanager.Secret.from_secret_complete_arn(self, f"Secret-{name}", arn)
        return ecs.Secret.from_secrets_manager(secret, key)


def _session_statements(inputs: TaskInputs) -> list[dict[str, object]]:
    """What ECS Exec needs of the task. Source: ECS developer guide, "ECS Exec", 2026-11."""
    channels = ("CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel")
    return [
        allow([f"ssmmessages:{action}" for action in channels], "*"),
        allow(["kms:Decrypt"], inputs.key_arn),
    ]


def _pull_statements(image: str) -> list[dict[str, object]]:
    """What pulling takes: nothing for a public image, this one repository for a private one of ECR."""
    found = re.match(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([^:@]+)", image)
    if not found:
        return []
    account, region, name = found.groups()
    pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return [
        allow(["ecr:GetAuthorizationToken"], "*"),
        allow(pull, f"arn:{PARTITION}:ecr:{region}:{account}:repository/{name}"),
    ]


def image_version(image: str) -> str:
    """The version of an image: its tag, else the first digits of its digest, else `latest`."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return tag or digest.removeprefix("sha256:")[:12] or "latest"


def _secret_arn(reference: str) -> str:
    """A reference without the key, stage and version behind it."""
    found = re.match(r"arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+", reference)
    return found[0] if found else reference
