"""The role with which Datadog reads an AWS account: tags of resources, and metrics that are not streamed."""

from typing import Final

from aws_cdk import aws_iam as iam
from constructs import Construct

from watchkeeper.constructs.pseudo import PARTITION
from watchkeeper.constructs.roles import allow
from watchkeeper.forwarding.sites import Site

SCOPED: Final = (
    "cloudwatch:Get*",
    "cloudwatch:List*",
    "ec2:Describe*",
    "ecs:Describe*",
    "ecs:List*",
    "elasticloadbalancing:Describe*",
    "logs:Describe*",
    "oam:ListAttachedLinks",
    "oam:ListSinks",
    "rds:Describe*",
    "rds:List*",
    "tag:GetResources",
    "tag:GetTagKeys",
    "tag:GetTagValues",
)
"""What this topology's metrics and tags need, of the list of Datadog's aws/datadog_integration_role.yaml, read 2026-11.

Reads alone: Datadog's list has some that write, for triggers that our own stacks own.
"""


class DatadogIntegrationRole(Construct):
    """Assumed by the account of the Datadog site, with the external id that Datadog issued.

    name: as the integration knows it. is_govcloud: the account is in GovCloud, where a Datadog account of its own asks.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that every construct uses
        *,
        name: str,
        site: Site,
        external_id: str,
        is_govcloud: bool = False,
    ) -> None:
        super().__init__(scope, id)
        account = (site.govcloud_account or site.aws_account) if is_govcloud else site.aws_account
        self.role = iam.CfnRole(
            self,
            "Role",
            role_name=name,
            description=f"Datadog ({site.name}) reads metrics and tags",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRole",
                        "Principal": {"AWS": f"arn:{PARTITION}:iam::{account}:root"},
                        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
                    }
                ],
            },
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="Scoped",
                    policy_document={"Version": "2012-10-17", "Statement": [allow(list(SCOPED), "*")]},
                )
            ],
        )
