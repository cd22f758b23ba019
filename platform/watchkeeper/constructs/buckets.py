"""Buckets that nobody outside the account sees."""

from aws_cdk import aws_s3 as s3
from constructs import Construct


def private_bucket(scope: Construct, id: str, *, expires_after_days: int) -> s3.CfnBucket:  # noqa: A002
    """A bucket for what machines write: encrypted, closed to the public, emptied by age. Give it `tls_only` as well."""
    bucket = s3.CfnBucket
    return bucket(
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
