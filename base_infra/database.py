"""Stack `<env>-Data`: Aurora PostgreSQL Serverless v2, a writer and its readers, each in a zone of its own."""

from typing import Final

from aws_cdk import CfnDeletionPolicy, CfnOutput, Fn, Stack
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from base_infra.access import POSTGRES
from base_infra.foundation import Foundation
from base_infra.stack import export
from watchkeeper.project.model import Environment

DATABASE: Final = "app"
ADMIN: Final = "app_admin"
_ENGINE: Final = "aurora-postgresql"


class Data(Stack):
    """The database. Attributes are tokens: writer_host, reader_host, port, secret_arn."""

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
        secret = secretsmanager.CfnSecret(
            self,
            "Credentials",
            description=f"Credentials of {ADMIN} on the database of {environment.name}",
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                secret_string_template=f'{{"username": "{ADMIN}"}}',
                generate_string_key="password",
                password_length=32,
                exclude_characters=" %+~`#$&*()|[]{}:;<>?!'/@\"\\",
            ),
        )
        cluster = self._cluster(foundation, secret)
        self._instances(cluster)
        # Writes host and port into the secret, so that one secret is enough to connect.
        secretsmanager.CfnSecretTargetAttachment(
            self, "CredentialsTarget", secret_id=secret.ref, target_id=cluster.ref, target_type="AWS::RDS::DBCluster"
        )
        self.writer_host = cluster.attr_endpoint_address
        self.reader_host = cluster.attr_read_endpoint_address
        self.port = cluster.attr_endpoint_port
        self.secret_arn = secret.ref
        export(self, self.writer_host, self.reader_host, self.port, self.secret_arn)
        CfnOutput(self, "ClusterIdentifier", value=cluster.ref)

    def _cluster(self, foundation: Foundation, secret: secretsmanager.CfnSecret) -> rds.CfnDBCluster:
        database = self._environment.database
        subnets = rds.CfnDBSubnetGroup(
            self,
            "Subnets",
            db_subnet_group_description=f"Data subnets of {self._environment.name}",
            subnet_ids=foundation.data_subnets,
        )
        cluster = rds.CfnDBCluster(
            self,
            "Cluster",
            engine=_ENGINE,
            engine_version=database.engine_version,
            database_name=DATABASE,
            port=POSTGRES,
            master_username=_from_secret(secret, "username"),
            master_user_password=_from_secret(secret, "password"),
            db_subnet_group_name=subnets.ref,
            vpc_security_group_ids=[foundation.database_group],
            serverless_v2_scaling_configuration=rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty(
                min_capacity=database.min_acu, max_capacity=database.max_acu
            ),
            storage_encrypted=True,
            enable_iam_database_authentication=True,
            enable_cloudwatch_logs_exports=["postgresql"],
            backup_retention_period=database.backup_retention_days,
            copy_tags_to_snapshot=True,
            deletion_protection=database.is_protected,
        )
        policy = CfnDeletionPolicy.SNAPSHOT if database.is_protected else CfnDeletionPolicy.DELETE
        cluster.cfn_options.deletion_policy = policy
        cluster.cfn_options.update_replace_policy = policy
        return cluster

    def _instances(self, cluster: rds.CfnDBCluster) -> None:
        """The writer first and in the first zone; readers in the zones after it, first in line to take over."""
        zones = self._environment.zones
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
            instance.cfn_options.deletion_policy = CfnDeletionPolicy.DELETE
            instance.cfn_options.update_replace_policy = CfnDeletionPolicy.DELETE
            if writer is None:
                writer = instance
            else:
                # Aurora makes the instance that comes first the writer.
                instance.add_resource_dependency(writer)


def _from_secret(secret: secretsmanager.CfnSecret, key: str) -> str:
    """A reference that CloudFormation resolves while it deploys; the value stands in no template."""
    return Fn.join("", ["{{resolve:secretsmanager:", secret.ref, f":SecretString:{key}::}}}}"])
