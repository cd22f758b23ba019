"""Buckets that nobody outside the account sees."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct


def private_bucket(scope: Construct, id: str, *, expires_after_days: int) -> s3.CfnBucket:  # noqa: A002
    """A bucket for what machines write: encrypted, closed to the public, emptied by age. Give it `tls_only` as well.

    It outlives its stack: CloudFormation cannot delete a bucket that holds anything, and the deletion of the whole
    stack would stop there. A later one gets a name of its own, and an empty one costs nothing.
    """
    bucket = s3.CfnBucket
    made = bucket(
        scope,
        id,
        bucket_encryption=bucket.BucketEncryptionProperty(
            server_side_encryption_configuration=[
                bucket.ServerSideEncryptionRuleProperty(
                    server_side_encryption_by_default=bucket.ServerSideEncryptionByDefaultProperty(
                        sse_algorithm="AES256"
                    )
                )
            ]
        ),
        ownership_controls=bucket.OwnershipControlsProperty(
            rules=[bucket.OwnershipControlsRuleProperty(object_ownership="BucketOwnerEnforced")]
        ),
        public_access_block_configuration=bucket.PublicAccessBlockConfigurationProperty(
            block_public_acls=True, block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True
        ),
        lifecycle_configuration=bucket.LifecycleConfigurationProperty(
            rules=[
                bucket.RuleProperty(
                    id="by-age",
                    status="Enabled",
                    expiration_in_days=expires_after_days,
                    abort_incomplete_multipart_upload=bucket.AbortIncompleteMultipartUploadProperty(
                        days_after_initiation=7
                    ),
                )
            ]
        ),
    )
    made.apply_removal_policy(RemovalPolicy.RETAIN)
    return made


def failed_data_bucket(scope: Construct, *, kept_days: int) -> s3.CfnBucket:
    """Where data waits that Datadog did not take, for so many days. Its constructs are `Failed` and `FailedTlsOnly`."""
    bucket = private_bucket(scope, "Failed", expires_after_days=kept_days)
    s3.CfnBucketPolicy(
        scope,
        "FailedTlsOnly",
        bucket=bucket.ref,
        policy_document={"Version": "2012-10-17", "Statement": [tls_only(bucket)]},
    )
    return bucket


def tls_only(bucket: s3.CfnBucket) -> dict[str, object]:
    """The statement of a bucket's policy that refuses whatever comes without TLS."""
    arn = bucket.attr_arn
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
