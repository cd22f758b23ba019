"""Stack `<env>-Data`: Aurora PostgreSQL Serverless v2, a writer and its readers, each in a zone of its own."""

from typing import Final

from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from constructs import Construct

from base_infra.access import POSTGRES
from base_infra.addresses import DATA_ZONES
from base_infra.foundation import Foundation
from base_infra.logs import log_group
from base_infra.stack import export
from watchkeeper.constructs.pseudo import PARTITION
from watchkeeper.constructs.roles import service_role
from watchkeeper.project.model import Environment

DATABASE: Final = "app"
ADMIN: Final = "app_admin"
_ENGINE: Final = "aurora-postgresql"
_MONITORING_S: Final = 60
_INSIGHTS_DAYS: Final = {"standard": 7, "advanced": 465}
"""How long performance data is kept; `advanced` requires 465. Source: RDS user guide, "Database Insights", 2026-11."""


def parameters(slow_query_ms: int) -> dict[str, str]:
    """What the cluster runs with: TLS only, and what Datadog Database Monitoring needs.

    Source: Datadog documentation, "Setting up Database Monitoring for Aurora managed Postgres", read 2026-11.
    """
    return {
        "rds.force_ssl": "1",
        "shared_preload_libraries": "pg_stat_statements",
        "pg_stat_statements.track": "all",
        "pg_stat_statements.max": "10000",
        "track_activity_query_size": "4096",
        "track_io_timing": "1",
        "log_min_duration_statement": str(slow_query_ms),
        "log_lock_waits": "1",
    }


class Data(Stack):
    """The database. Attributes are tokens: writer_host, reader_host, port, secret_arn, resource_id.

    RDS makes the administrator's password and changes it every week; `secret_arn` always holds the one that is valid.
    resource_id: of the cluster, as IAM names it where it lets somebody connect with a token instead of a password.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        environment: Environment,
        foundation: Foundation,
        **kwargs: object,
    ) -> None:
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        self._environment = environment
        cluster = self._cluster(foundation)
        # RDS makes the group itself, to be kept for ever, once an instance writes to it.
        self.log_group = log_group(
            self,
            "Logs",
            f"/aws/rds/cluster/{cluster.ref}/postgresql",
            retention_days=environment.log_retention_days,
            key_arn=foundation.key_arn,
        )
        writer = self._instances(cluster)
        writer.add_resource_dependency(self.log_group)
        self.writer_host = cluster.attr_endpoint_address
        self.reader_host = cluster.attr_read_endpoint_address
        self.port = cluster.attr_endpoint_port
        self.secret_arn = cluster.attr_master_user_secret_secret_arn
        self.resource_id = cluster.attr_db_cluster_resource_id
        export(self, self.writer_host, self.reader_host, self.port, self.secret_arn, self.resource_id)
        export(self, self.log_group.ref)
        CfnOutput(self, "ClusterIdentifier", value=cluster.ref)

    def _cluster(self, foundation: Foundation) -> rds.CfnDBCluster:
        database = self._environment.database
        subnets = rds.CfnDBSubnetGroup(
            self,
            "Subnets",
            db_subnet_group_description=f"Data subnets of {self._environment.name}",
            subnet_ids=foundation.data_subnets,
        )
        group = rds.CfnDBClusterParameterGroup(
            self,
            "Parameters",
            family=f"{_ENGINE}{database.engine_version.partition('.')[0]}",
            description=f"Parameters of the database of {self._environment.name}",
            parameters=parameters(database.slow_query_ms),
        )
        scaling = rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty(
            min_capacity=database.min_acu,
            max_capacity=database.max_acu,
            seconds_until_auto_pause=database.auto_pause_s if database.min_acu == 0 else None,
        )
        cluster = rds.CfnDBCluster(
            self,
            "Cluster",
            engine=_ENGINE,
            engine_version=database.engine_version,
            database_name=DATABASE,
            port=POSTGRES,
            master_username=ADMIN,
            manage_master_user_password=True,
            master_user_secret=rds.CfnDBCluster.MasterUserSecretProperty(kms_key_id=foundation.key_arn),
            db_subnet_group_name=subnets.ref,
            db_cluster_parameter_group_name=group.ref,
            vpc_security_group_ids=[foundation.database_group],
            serverless_v2_scaling_configuration=scaling,
            storage_encrypted=True,
            kms_key_id=foundation.key_arn,
            enable_iam_database_authentication=True,
            enable_cloudwatch_logs_exports=["postgresql"],
            database_insights_mode=database.insights,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=foundation.key_arn,
            performance_insights_retention_period=_INSIGHTS_DAYS[database.insights],
            monitoring_interval=_MONITORING_S,
            monitoring_role_arn=self._monitoring_role().attr_arn,
            backup_retention_period=database.backup_retention_days,
            copy_tags_to_snapshot=True,
            deletion_protection=database.is_protected,
        )
        policy = RemovalPolicy.SNAPSHOT if database.is_protected else RemovalPolicy.DESTROY
        cluster.apply_removal_policy(policy)
        return cluster

    def _monitoring_role(self) -> iam.CfnRole:
        """What RDS writes enhanced monitoring with, by AWS's own policy for it."""
        role = service_role(self, "MonitoringRole", "monitoring.rds.amazonaws.com", [])
        role.managed_policy_arns = [f"arn:{PARTITION}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"]
        return role

    def _instances(self, cluster: rds.CfnDBCluster) -> rds.CfnDBInstance:
        """The writer first and in the first zone; readers in the zones after it, first in line to take over."""
        zones = self._environment.zones[:DATA_ZONES]
        writer: rds.CfnDBInstance | None = None
        for index in range(1 + self._environment.database.readers):
            instance = rds.CfnDBInstance(
                self,
                "Writer" if writer is None else f"Reader{index}",
                engine=_ENGINE,
                db_cluster_identifier=cluster.ref,
                db_instance_class="db.serverless",
                availability_zone=zones[index % len(zones)],
                promotion_tier=min(index, 1),
                publicly_accessible=False,
                auto_minor_version_upgrade=True,
            )
            instance.apply_removal_policy(RemovalPolicy.DESTROY)
            if writer is None:
                writer = instance
            else:
                # Aurora makes the instance that comes first the writer.
                instance.add_resource_dependency(writer)
        assert writer is not None
        return writer
