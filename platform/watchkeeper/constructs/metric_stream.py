"""CloudWatch metrics to Datadog: a metric stream into Firehose into Datadog's intake, in anybody's CDK app."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from watchkeeper.constructs.buckets import private_bucket, tls_only
from watchkeeper.constructs.roles import allow, service_role
from watchkeeper.forwarding.model import Metrics
from watchkeeper.forwarding.sites import Site


class DatadogMetricStream(Construct):
    """Streams the metrics of some CloudWatch namespaces to a Datadog site.

    metrics: which, and how Firehose delivers them. is_kept: failed records outlive the stack.
    The API key is read by Firehose from `api_key_secret`, the ARN of a secret with the JSON `{"api_key": "..."}`.
    Without one it is created with a random value, so that no key passes through CloudFormation; put the real one in
    with `secretsmanager put-secret-value`. key_arn: the KMS key of the secret and the log group, if they have one.
    What Datadog did not take lies in `backup`, gzipped, for `metrics.kept_days`; Firehose's own errors in `log_group`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that every construct uses
        *,
        site: Site,
        metrics: Metrics,
        log_group_name: str,
        log_retention_days: int,
        is_kept: bool,
        api_key_secret: str | None = None,
        key_arn: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._key_arn = key_arn
        self._metrics = metrics
        self.api_key_secret = api_key_secret or self._api_key(site)
        self.backup = self._backup(is_kept=is_kept)
        self.log_group = logs.CfnLogGroup(
            self, "Errors", log_group_name=log_group_name, retention_in_days=log_retention_days, kms_key_id=key_arn
        )
        self.log_group.apply_removal_policy(RemovalPolicy.DESTROY)
        self.log_stream = logs.CfnLogStream(
            self, "HttpErrors", log_group_name=self.log_group.ref, log_stream_name="http_endpoint_delivery"
        )
        self.delivery = self._delivery(site)
        self.stream = self._stream()

    def _api_key(self, site: Site) -> str:
        return secretsmanager.CfnSecret(
            self,
            "DatadogApiKey",
            kms_key_id=self._key_arn,
            description=f'Datadog API key for {site.name} as {{"api_key": "..."}}, read by Firehose',
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                secret_string_template="{}",  # noqa: S106 - Secrets Manager adds the key to this empty object
                generate_string_key="api_key",
                exclude_punctuation=True,
            ),
        ).ref

    def _backup(self, *, is_kept: bool) -> s3.CfnBucket:
        bucket = private_bucket(self, "Failed", expires_after_days=self._metrics.kept_days)
        policy = RemovalPolicy.RETAIN if is_kept else RemovalPolicy.DESTROY
        bucket.apply_removal_policy(policy)
        s3.CfnBucketPolicy(
            self,
            "FailedTlsOnly",
            bucket=bucket.ref,
            policy_document={"Version": "2012-10-17", "Statement": [tls_only(bucket)]},
        )
        return bucket

    def _delivery(self, site: Site) -> firehose.CfnDeliveryStream:
        stream = firehose.CfnDeliveryStream
        role = service_role(
            self,
            "DeliveryRole",
            "firehose.amazonaws.com",
            [
                # The bucket itself and its objects are two resources; Datadog's template grants on the bucket only.
                allow(["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], self.backup.attr_arn),
                allow(["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], f"{self.backup.attr_arn}/*"),
                allow(["logs:PutLogEvents"], f"{self.log_group.attr_arn}"),
                allow(["secretsmanager:GetSecretValue"], self.api_key_secret),
                *([allow(["kms:Decrypt"], self._key_arn)] if self._key_arn else []),
            ],
        )
        logging = stream.CloudWatchLoggingOptionsProperty(
            enabled=True, log_group_name=self.log_group.ref, log_stream_name=self.log_stream.ref
        )
        given = self._metrics
        buffering = stream.BufferingHintsProperty(interval_in_seconds=given.buffer_s, size_in_m_bs=given.buffer_mib)
        return stream(
            self,
            "Delivery",
            delivery_stream_type="DirectPut",
            delivery_stream_encryption_configuration_input=stream.DeliveryStreamEncryptionConfigurationInputProperty(
                key_type="AWS_OWNED_CMK"
            ),
            http_endpoint_destination_configuration=stream.HttpEndpointDestinationConfigurationProperty(
                endpoint_configuration=stream.HttpEndpointConfigurationProperty(
                    url=site.metrics_intake, name="Datadog metrics"
                ),
                secrets_manager_configuration=stream.SecretsManagerConfigurationProperty(
                    enabled=True, secret_arn=self.api_key_secret, role_arn=role.attr_arn
                ),
                request_configuration=stream.HttpEndpointRequestConfigurationProperty(content_encoding="GZIP"),
                buffering_hints=buffering,
                retry_options=stream.RetryOptionsProperty(duration_in_seconds=given.retry_s),
                role_arn=role.attr_arn,
                cloud_watch_logging_options=logging,
                s3_backup_mode="FailedDataOnly",
                s3_configuration=stream.S3DestinationConfigurationProperty(
                    bucket_arn=self.backup.attr_arn,
                    role_arn=role.attr_arn,
                    prefix="datadog_stream",
                    compression_format="GZIP",
                    buffering_hints=buffering,
                ),
            ),
        )

    def _stream(self) -> cloudwatch.CfnMetricStream:
        role = service_role(
            self,
            "StreamRole",
            "streams.metrics.cloudwatch.amazonaws.com",
            [allow(["firehose:PutRecord", "firehose:PutRecordBatch"], self.delivery.attr_arn)],
        )
        metric_stream = cloudwatch.CfnMetricStream
        return metric_stream(
            self,
            "Stream",
            firehose_arn=self.delivery.attr_arn,
            role_arn=role.attr_arn,
            output_format="opentelemetry1.0",
            include_filters=[
                metric_stream.MetricStreamFilterProperty(namespace=name, metric_names=list(namespace.names) or None)
                for name, namespace in self._metrics.namespaces.items()
            ],
            statistics_configurations=[
                metric_stream.MetricStreamStatisticsConfigurationProperty(
                    additional_statistics=list(statistics),
                    include_metrics=[
                        metric_stream.MetricStreamStatisticsMetricProperty(namespace=name, metric_name=metric)
                    ],
                )
                for name, namespace in self._metrics.namespaces.items()
                for metric, statistics in namespace.percentiles.items()
            ],
        )
