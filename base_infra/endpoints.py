"""AWS's own services reached inside the VPC, and the record of who connected to whom."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from base_infra.logs import flow_log_group, log_group
from base_infra.network import Network
from watchkeeper.constructs.pseudo import ACCOUNT, PARTITION, REGION
from watchkeeper.constructs.roles import allow, service_role
from watchkeeper.project.model import Environment, Project


class Endpoints(Construct):
    """S3 by a gateway in the application's route tables; the named services by an interface in each application subnet.

    group_id: of the interfaces. Policies let this account's principals through, and ECR's signed downloads of layers.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        network: Network,
        names: Sequence[str],
        group_id: str | None,
    ) -> None:
        super().__init__(scope, id)
        ec2.CfnVPCEndpoint(
            self,
            "S3",
            vpc_id=network.vpc_id,
            service_name=f"com.amazonaws.{REGION}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[subnet.route_table.route_table_id for subnet in network.application],
            policy_document=_policy(_of_this_account(), _image_layers()),
        )
        for name in names:
            assert group_id is not None
            ec2.CfnVPCEndpoint(
                self,
                _pascal(name),
                vpc_id=network.vpc_id,
                service_name=f"com.amazonaws.{REGION}.{name}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=network.application_ids,
                security_group_ids=[group_id],
                policy_document=_policy(_of_this_account()),
            )


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("-", ".").split("."))


def _policy(*statements: dict[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _of_this_account() -> dict[str, object]:
    return {
        "Sid": "PrincipalsOfThisAccount",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    }


def _image_layers() -> dict[str, object]:
    """ECR keeps layers in a bucket of AWS's and hands out signed links. Source: ECR user guide, "VPC endpoints"."""
    bucket = f"arn:{PARTITION}:s3:::prod-{REGION}-starport-layer-bucket/*"
    return {
        "Sid": "ImageLayers",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "s3:GetObject",
        "Resource": bucket,
    }


class FlowLogs(Construct):
    """Connections of the VPC into a log group: all of them, or those that were rejected."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        project: Project,
        environment: Environment,
        vpc_id: str,
        key_arn: str,
    ) -> None:
        super().__init__(scope, id)
        group = log_group(
            self,
            "Group",
            flow_log_group(project, environment),
            retention_days=environment.log_retention_days,
            key_arn=key_arn,
        )
        actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
        role = service_role(self, "Role", "vpc-flow-logs.amazonaws.com", [allow(actions, group.attr_arn)])
        ec2.CfnFlowLog(
            self,
            "Log",
            resource_id=vpc_id,
            resource_type="VPC",
            traffic_type={"all": "ALL", "rejected": "REJECT"}[environment.network.flow_logs],
            log_destination_type="cloud-watch-logs",
            log_group_name=group.ref,
            deliver_logs_permission_arn=role.attr_arn,
            max_aggregation_interval=60,
        )
