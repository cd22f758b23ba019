"""Stack `<env>-Broker`: Amazon MSK in the data subnets, TLS and IAM only, reached from the application's tasks."""

from typing import Final

from aws_cdk import CfnOutput, Fn, RemovalPolicy, Stack
from aws_cdk import aws_msk as msk
from constructs import Construct

from base_infra.addresses import DATA_ZONES
from base_infra.foundation import Foundation
from base_infra.logs import broker_log_group, log_group
from base_infra.stack import export
from watchkeeper.project.model import Environment, Project

SERVER_PROPERTIES: Final = {
    "auto.create.topics.enable": "false",
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "unclean.leader.election.enable": "false",
}
"""No write that was acknowledged is lost with one zone."""


class Broker(Stack):
    """The broker. Attributes are tokens: cluster_arn, and cluster_name with its id, as IAM names topics and groups.

    Its addresses are asked for with `kafka:GetBootstrapBrokers`; CloudFormation does not tell them.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        project: Project,
        environment: Environment,
        foundation: Foundation,
        **kwargs: object,
    ) -> None:
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        assert foundation.broker_group is not None
        self._project = project
        self._environment = environment
        self._foundation = foundation
        self._group = foundation.broker_group
        self._name = f"{project.name}-{environment.name}"
        if environment.broker.kind == "serverless":
            self.cluster_arn = self._serverless()
        else:
            self.cluster_arn = self._provisioned()
        # arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/ID
        self.cluster_path = Fn.select(1, Fn.split(":cluster/", self.cluster_arn))
        export(self, self.cluster_arn)
        CfnOutput(self, "ClusterArn", value=self.cluster_arn)

    def _serverless(self) -> str:
        cluster = msk.CfnServerlessCluster
        made = cluster(
            self,
            "Serverless",
            cluster_name=self._name,
            client_authentication=cluster.ClientAuthenticationProperty(
                sasl=cluster.SaslProperty(iam=cluster.IamProperty(enabled=True))
            ),
            vpc_configs=[
                cluster.VpcConfigProperty(subnet_ids=self._foundation.data_subnets, security_groups=[self._group])
            ],
        )
        made.apply_removal_policy(self._policy())
        return made.attr_arn

    def _provisioned(self) -> str:
        settings, cluster = self._environment.broker, msk.CfnCluster
        logs = log_group(
            self,
            "Logs",
            broker_log_group(self._project, self._environment),
            retention_days=self._environment.log_retention_days,
            key_arn=self._foundation.key_arn,
        )
        configuration = msk.CfnConfiguration(
            self,
            "Configuration",
            name=self._name,
            kafka_versions_list=[settings.kafka_version],
            server_properties="\n".join(f"{key}={value}" for key, value in SERVER_PROPERTIES.items()),
        )
        exporter = {"enabled_in_broker": True}
        made = cluster(
            self,
            "Cluster",
            cluster_name=self._name,
            kafka_version=settings.kafka_version,
            number_of_broker_nodes=settings.brokers_per_zone * DATA_ZONES,
            broker_node_group_info=cluster.BrokerNodeGroupInfoProperty(
                instance_type=settings.instance_type,
                client_subnets=self._foundation.data_subnets,
                security_groups=[self._group],
                connectivity_info=cluster.ConnectivityInfoProperty(
                    public_access=cluster.PublicAccessProperty(type="DISABLED")
                ),
                storage_info=cluster.StorageInfoProperty(
                    ebs_storage_info=cluster.EBSStorageInfoProperty(volume_size=settings.volume_gib)
                ),
            ),
            client_authentication=cluster.ClientAuthenticationProperty(
                sasl=cluster.SaslProperty(iam=cluster.IamProperty(enabled=True)),
                unauthenticated=cluster.UnauthenticatedProperty(enabled=False),
            ),
            configuration_info=cluster.ConfigurationInfoProperty(
                arn=configuration.attr_arn, revision=configuration.attr_latest_revision_revision
            ),
            encryption_info=cluster.EncryptionInfoProperty(
                encryption_at_rest=cluster.EncryptionAtRestProperty(data_volume_kms_key_id=self._foundation.key_arn),
                encryption_in_transit=cluster.EncryptionInTransitProperty(client_broker="TLS", in_cluster=True),
            ),
            enhanced_monitoring="PER_BROKER",
            open_monitoring=cluster.OpenMonitoringProperty(
                prometheus=cluster.PrometheusProperty(
                    jmx_exporter=cluster.JmxExporterProperty(**exporter),
                    node_exporter=cluster.NodeExporterProperty(**exporter),
                )
            ),
            logging_info=cluster.LoggingInfoProperty(
                broker_logs=cluster.BrokerLogsProperty(
                    cloud_watch_logs=cluster.CloudWatchLogsProperty(enabled=True, log_group=logs.ref)
                )
            ),
        )
        made.apply_removal_policy(self._policy())
        return made.attr_arn

    def _policy(self) -> RemovalPolicy:
        is_protected = self._environment.database.is_protected
        return RemovalPolicy.RETAIN if is_protected else RemovalPolicy.DESTROY
