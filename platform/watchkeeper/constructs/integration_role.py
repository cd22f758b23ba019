"""The role with which Datadog reads an AWS account: tags of resources, and metrics that are not streamed."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from watchkeeper.constructs.pseudo import PARTITION
from watchkeeper.constructs.roles import allow
from watchkeeper.forwarding.model import Profile
from watchkeeper.forwarding.permissions import SECURITY_AUDIT, permissions_of
from watchkeeper.forwarding.sites import Site


class DatadogIntegrationRole(Construct):
    """Assumed by the account of the Datadog site, with the external id that Datadog issued.

    name: as the integration knows it. permissions: a profile of `forwarding/permissions.py`. is_govcloud: the account
    is in GovCloud, where a Datadog account of its own asks.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that every construct uses
        *,
        name: str,
        site: Site,
        external_id: str,
        permissions: Profile = "scoped",
        is_govcloud: bool = False,
    ) -> None:
        super().__init__(scope, id)
        account = (site.govcloud_account or site.aws_account) if is_govcloud else site.aws_account
        granted = permissions_of(permissions)
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
                    policy_name=permissions.capitalize(), policy_document=_document(granted.inline)
                )
            ],
            managed_policy_arns=[f"arn:{PARTITION}:{SECURITY_AUDIT}"] if granted.has_security_audit else None,
        )
        for number, chunk in enumerate(granted.chunks, start=1):
            # One policy holds 6,144 characters, so the list is cut as Datadog cuts it.
            iam.CfnManagedPolicy(
                self, f"ResourceCollection{number}", roles=[self.role.ref], policy_document=_document(chunk)
            )


def _document(actions: Sequence[str]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [allow(actions, "*")]}
