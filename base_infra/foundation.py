"""Stack `<env>-Foundation`: the network, who may talk to whom, the cluster, the key, and Datadog's API key."""

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from base_infra.access import NetworkAcls, SecurityGroups, flows_of
from base_infra.encryption import encryption_key
from base_infra.endpoints import Endpoints, FlowLogs
from base_infra.logs import log_group
from base_infra.network import Network
from base_infra.stack import export
from watchkeeper.constructs.api_keys import api_key_secret
from watchkeeper.forwarding.sites import SITES
from watchkeeper.project.model import Environment, Project


class Foundation(Stack):
    """What everything else stands on. Its exports do not depend on which services exist. Attributes are tokens."""

    def __init__(self, scope: Construct, id: str, project: Project, environment: Environment, **kwargs: object) -> None:
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        # What the CDK would look up in the account otherwise, which needs credentials; the zones are declared.
        lookup = f"availability-zones:account={environment.account}:region={environment.region}"
        self.node.set_context(lookup, list(environment.zones))
        is_kept = environment.database.is_protected
        name = f"{project.name}-{environment.name}"
        self.key_arn = encryption_key(self, "Key", f"Data of {name}", is_kept=is_kept).attr_arn
        flows = flows_of(environment)
        network = Network(self, "Network", environment)
        NetworkAcls(self, "Acls", network, flows)
        groups = SecurityGroups(self, "SecurityGroups", network, flows)
        Endpoints(self, "Endpoints", network, environment.network.endpoints, groups.endpoints)
        if environment.network.flow_logs != "none":
            FlowLogs(self, "FlowLogs", project, environment, network.vpc_id, self.key_arn)
        self.vpc_id = network.vpc_id
        self.public_subnets = network.public_ids
        self.application_subnets = network.application_ids
        self.data_subnets = network.data_ids
        self.load_balancer_group = groups.load_balancer
        self.application_group = groups.application
        self.database_group = groups.database
        self.broker_group = groups.broker
        self._cluster(name, environment)
        secret = api_key_secret(self, "DatadogApiKey", SITES[project.datadog.site], "json", self.key_arn)
        secret.apply_removal_policy(RemovalPolicy.RETAIN if is_kept else RemovalPolicy.DESTROY)
        self.api_key_secret = secret.ref
        CfnOutput(self, "DatadogApiKeySecret", value=self.api_key_secret)
        # Tasks find each other's internal ports by name: <service>.<env>.<project>.internal
        self.namespace_id = servicediscovery.CfnPrivateDnsNamespace(
            self, "Namespace", name=f"{environment.name}.{project.name}.internal", vpc=network.vpc_id
        ).attr_id
        export(
            self,
            *(self.vpc_id, *self.application_subnets, self.application_group, self.cluster_name, self.key_arn),
            *(self.api_key_secret, self.exec_log_group_arn, self.namespace_id),
        )

    def _cluster(self, name: str, environment: Environment) -> None:
        """The cluster; what is typed in ECS Exec sessions is recorded."""
        sessions = log_group(
            self,
            "ExecLogs",
            f"/ecs/{name}/exec",
            retention_days=environment.log_retention_days,
            key_arn=self.key_arn,
        )
        cluster = ecs.CfnCluster
        self.cluster_name = cluster(
            self,
            "Cluster",
            cluster_name=name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            cluster_settings=[
                cluster.ClusterSettingsProperty(name="containerInsights", value=environment.container_insights)
            ],
            configuration=cluster.ClusterConfigurationProperty(
                execute_command_configuration=cluster.ExecuteCommandConfigurationProperty(
                    kms_key_id=self.key_arn,
                    logging="OVERRIDE",
                    log_configuration=cluster.ExecuteCommandLogConfigurationProperty(
                        cloud_watch_encryption_enabled=True, cloud_watch_log_group_name=sessions.ref
                    ),
                )
            ),
        ).ref
        self.exec_log_group_arn = sessions.attr_arn
