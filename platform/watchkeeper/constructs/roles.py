"""IAM roles that one AWS service may assume, on behalf of one account."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from watchkeeper.constructs.pseudo import ACCOUNT


def service_role(
    scope: Construct,
    id: str,  # noqa: A002 - the name that every construct uses
    service: str,
    statements: Sequence[Mapping[str, object]],
    *,
    tells_account: bool = True,
) -> iam.CfnRole:
    """A role that an AWS service may assume on behalf of this account only. statements: IAM JSON; none: no policy.

    tells_account: whether the service says for whom it asks. Lambda does not, for the role of a function.
    """
    # Without it any account could make the service act with this role (confused deputy).
    fence = {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}} if tells_account else {}
    policies = [
        iam.CfnRole.PolicyProperty(
            policy_name="Inline", policy_document={"Version": "2012-10-17", "Statement": list(statements)}
        )
    ]
    return iam.CfnRole(
        scope,
        id,
        assume_role_policy_document={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": service},
                    "Action": "sts:AssumeRole",
                    **fence,
                }
            ],
        },
        policies=policies if statements else None,
    )


def allow(actions: Sequence[str], *resources: str) -> dict[str, object]:
    """An IAM statement that allows some actions on some resources."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
