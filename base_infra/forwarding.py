"""Stack `<env>-Forwarding`: the environment's CloudWatch metrics to Datadog, and the role that Datadog reads with."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from base_infra.foundation import Foundation
from watchkeeper.constructs.integration_role import DatadogIntegrationRole
from watchkeeper.constructs.metric_stream import DatadogMetricStream
from watchkeeper.forwarding.model import ForwardingFile
from watchkeeper.forwarding.sites import SITES
from watchkeeper.project.model import Environment, Project


class Forwarding(Stack):
    """Metric stream and delivery stream. Refers to no service."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        project: Project,
        environment: Environment,
        foundation: Foundation,
        declared: ForwardingFile,
        **kwargs: object,
    ) -> None:
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        metrics = DatadogMetricStream(
            self,
            "Metrics",
            site=SITES[project.datadog.site],
            metrics=declared.metrics,
            log_group_name=f"/aws/kinesisfirehose/{project.name}-{environment.name}-metrics",
            log_retention_days=environment.log_retention_days,
            is_kept=environment.database.is_protected,
            api_key_secret=foundation.api_key_secret,
            key_arn=foundation.key_arn,
        )
        external_id = declared.integration.external_ids.get(environment.name) if declared.integration else None
        if declared.integration and external_id:
            DatadogIntegrationRole(
                self,
                "Integration",
                name=declared.integration.role,
                site=SITES[project.datadog.site],
                external_id=external_id,
                is_govcloud=environment.region.startswith("us-gov-"),
            )
        CfnOutput(self, "DeliveryStream", value=metrics.delivery.ref)
        CfnOutput(self, "MetricStream", value=metrics.stream.ref)
