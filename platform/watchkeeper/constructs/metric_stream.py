"""CloudWatch metrics to Datadog: a metric stream into Firehose into Datadog's intake, in anybody's CDK app."""

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from watchkeeper.constructs.api_keys import api_key_secret as made_secret
from watchkeeper.constructs.http_delivery import Errors, HttpDeliveries, Target
from watchkeeper.constructs.roles import allow, service_role
from watchkeeper.forwarding.model import Metrics
from watchkeeper.forwarding.sites import Site


class DatadogMetricStream(Construct):
    """Streams the metrics of some CloudWatch namespaces to a Datadog site.

    metrics: which, and how Firehose delivers them.
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
        api_key_secret: str | None = None,
        key_arn: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._metrics = metrics
        self.api_key_secret = api_key_secret or made_secret(self, "DatadogApiKey", site, "json", key_arn).ref
        errors = Errors(log_group_name, log_retention_days)
        deliveries = HttpDeliveries(self, metrics, errors, self.api_key_secret, key_arn=key_arn)
        self.backup, self.log_group = deliveries.backup, deliveries.log_group
        target = Target(site.metrics_intake, "Datadog metrics", "datadog_stream", {})
        self.delivery = deliveries.add("Delivery", "HttpErrors", "http_endpoint_delivery", target)
        self.stream = self._stream()

    def _stream(self) -> cloudwatch.CfnMetricStream:
        delivery_arn: str = self.delivery.attr_arn
        role = service_role(
            self,
            "StreamRole",
            "streams.metrics.cloudwatch.amazonaws.com",
            [allow(["firehose:PutRecord", "firehose:PutRecordBatch"], delivery_arn)],
        )
        metric_stream = cloudwatch.CfnMetricStream
        return metric_stream(
            self,
            "Stream",
            firehose_arn=delivery_arn,
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
