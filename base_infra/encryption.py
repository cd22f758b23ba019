"""The environment's own KMS key: database, secrets, logs and the broker are encrypted with it."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from constructs import Construct

from watchkeeper.constructs.pseudo import ACCOUNT, PARTITION, REGION, URL_SUFFIX

_WINDOW_DAYS = 30


def encryption_key(scope: Construct, id: str, description: str, *, is_kept: bool) -> kms.CfnKey:
    """A key that rotates every year. IAM policies of the account decide who uses it; CloudWatch Logs may by itself.

    is_kept: it outlives its stack, as what it encrypted may.
    """
    key = kms.CfnKey(
        scope,
        id,
        description=description,
        enable_key_rotation=True,
        pending_window_in_days=_WINDOW_DAYS,
        key_policy={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AccountDecidesByIam",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:{PARTITION}:iam::{ACCOUNT}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    "Sid": "LogGroupsOfThisAccount",
                    "Effect": "Allow",
                    "Principal": {"Service": f"logs.{REGION}.{URL_SUFFIX}"},
                    "Action": [
                        "kms:Encrypt",
                        "kms:Decrypt",
                        "kms:ReEncrypt*",
                        "kms:GenerateDataKey*",
                        "kms:DescribeKey",
                    ],
                    "Resource": "*",
                    "Condition": {
                        "ArnLike": {
                            "kms:EncryptionContext:aws:logs:arn": (
                                f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT}:log-group:*"
                            )
                        }
                    },
                },
            ],
        },
    )
    policy = RemovalPolicy.RETAIN if is_kept else RemovalPolicy.DESTROY
    key.apply_removal_policy(policy)
    return key
