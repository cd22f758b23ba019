"""Firehose to Datadog over HTTP: what it cannot deliver is told in a log and kept in a bucket."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import CfnTag, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from constructs import Construct

from watchkeeper.constructs.buckets import failed_data_bucket
from watchkeeper.constructs.roles import allow, service_role
from watchkeeper.forwarding.model import Logs, Metrics


@dataclass(frozen=True, slots=True)
class Errors:
    """Where Firehose tells why. group_name: of a log group of its own, never one that is forwarded."""

    group_name: str
    retention_days: int


@dataclass(frozen=True, slots=True)
class Target:
    """Where a delivery stream sends. url, name: of the intake. attributes: tags of everything that it sends."""

    url: str
    name: str
    prefix: str
    attributes: Mapping[str, str]


class HttpDeliveries:
    """What delivery streams to one Datadog site share, and the streams themselves.

    given: buffer, retries, and for how many days failed records are kept.
    key_arn: the KMS key of the secret and the log group, if they have one. backup: the bucket; log_group: the errors.
    Constructs go into `scope` itself, under names of their own.
    """

    def __init__(
        self,
        scope: Construct,
        given: Metrics | Logs,
        errors: Errors,
        api_key_secret: str,
        *,
        key_arn: str | None,
    ) -> None:
        self._scope = scope
        self._given = given
        self._secret = api_key_secret
        self.backup = failed_data_bucket(scope, kept_days=given.kept_days)
        # Asked once: every attribute of a construct is a question to the CDK's process.
        self._bucket_arn: str = self.backup.attr_arn
        self.log_group = logs.CfnLogGroup(
            scope,
            "Errors",
            log_group_name=errors.group_name,
            retention_in_days=errors.retention_days,
            kms_key_id=key_arn,
        )
        self.log_group.apply_removal_policy(RemovalPolicy.DESTROY)
        self._group_name: str = self.log_group.ref
        self._role_arn: str = self._delivery_role(key_arn).attr_arn

    def _delivery_role(self, key_arn: str | None) -> iam.CfnRole:
        return service_role(
            self._scope,
            "DeliveryRole",
            "firehose.amazonaws.com",
            [
                # The bucket itself and its objects are two resources; Datadog's template grants on the bucket only.
                allow(["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], self._bucket_arn),
                allow(["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], f"{self._bucket_arn}/*"),
                allow(["logs:PutLogEvents"], self.log_group.attr_arn),
                allow(["secretsmanager:GetSecretValue"], self._secret),
                *([allow(["kms:Decrypt"], key_arn)] if key_arn else []),
            ],
        )

    def add(
        self,
        id: str,  # noqa: A002 - the name that every construct uses
        errors_id: str,
        log_stream: str,
        target: Target,
        tags: Mapping[str, str] | None = None,
    ) -> firehose.CfnDeliveryStream:
        """One delivery stream. errors_id, log_stream: of the log stream that holds its errors. tags: of the stream."""
        told = logs.CfnLogStream(self._scope, errors_id, log_group_name=self._group_name, log_stream_name=log_stream)
        stream, given = firehose.CfnDeliveryStream, self._given
        attribute = stream.HttpEndpointCommonAttributeProperty
        buffering = stream.BufferingHintsProperty(interval_in_seconds=given.buffer_s, size_in_m_bs=given.buffer_mib)
        return stream(
            self._scope,
            id,
            delivery_stream_type="DirectPut",
            delivery_stream_encryption_configuration_input=stream.DeliveryStreamEncryptionConfigurationInputProperty(
                key_type="AWS_OWNED_CMK"
            ),
            http_endpoint_destination_configuration=stream.HttpEndpointDestinationConfigurationProperty(
                endpoint_configuration=stream.HttpEndpointConfigurationProperty(url=target.url, name=target.name),
                secrets_manager_configuration=stream.SecretsManagerConfigurationProperty(
                    enabled=True, secret_arn=self._secret, role_arn=self._role_arn
                ),
                request_configuration=stream.HttpEndpointRequestConfigurationProperty(
                    content_encoding="GZIP",
                    common_attributes=[
                        attribute(attribute_name=name, attribute_value=value)
                        for name, value in target.attributes.items()
                    ]
                    or None,
                ),
                buffering_hints=buffering,
                retry_options=stream.RetryOptionsProperty(duration_in_seconds=given.retry_s),
                role_arn=self._role_arn,
                cloud_watch_logging_options=stream.CloudWatchLoggingOptionsProperty(
                    enabled=True, log_group_name=self._group_name, log_stream_name=told.ref
                ),
                s3_backup_mode="FailedDataOnly",
                s3_configuration=stream.S3DestinationConfigurationProperty(
                    bucket_arn=self._bucket_arn,
                    role_arn=self._role_arn,
                    prefix=target.prefix,
                    compression_format="GZIP",
                    buffering_hints=buffering,
                ),
            ),
            tags=[CfnTag(key=key, value=value) for key, value in (tags or {}).items()] or None,
        )
