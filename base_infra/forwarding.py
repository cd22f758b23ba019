"""Stack `<env>-Forwarding`: the environment's metrics and logs to Datadog, and the role that Datadog reads with."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from base_infra.database import Data
from base_infra.edge import Edge
from base_infra.foundation import Foundation
from base_infra.logs import broker_log_group, flow_log_group, log_group
from watchkeeper.constructs.forwarder import DatadogForwarder
from watchkeeper.constructs.http_delivery import Errors
from watchkeeper.constructs.integration_role import DatadogIntegrationRole
from watchkeeper.constructs.log_delivery import DatadogLogDelivery
from watchkeeper.constructs.metric_stream import DatadogMetricStream
from watchkeeper.constructs.pseudo import ACCOUNT
from watchkeeper.forwarding.canary import canary_log_group
from watchkeeper.forwarding.log_tags import log_tags
from watchkeeper.forwarding.model import ForwardingFile, GroupLogs, LoadBalancerLogs, Logs
from watchkeeper.forwarding.sites import SITES
from watchkeeper.project.model import Environment, Project


@dataclass(frozen=True, slots=True)
class Layers:
    """The stacks whose logs are forwarded."""

    foundation: Foundation
    data: Data
    edge: Edge


class Forwarding(Stack):
    """Metric stream, delivery streams, Datadog's forwarder and its role. Refers to no service."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        project: Project,
        environment: Environment,
        layers: Layers,
        declared: ForwardingFile,
        **kwargs: object,
    ) -> None:
        super().__init__(scope, id, **kwargs)  # type: ignore[arg-type]
        self._project, self._environment, self._layers = project, environment, layers
        self._site = SITES[project.datadog.site]
        self._is_govcloud = environment.region.startswith("us-gov-")
        metrics = DatadogMetricStream(
            self,
            "Metrics",
            site=self._site,
            metrics=declared.metrics,
            log_group_name=self._errors("metrics").group_name,
            log_retention_days=environment.log_retention_days,
            api_key_secret=layers.foundation.api_key_secret,
            key_arn=layers.foundation.key_arn,
        )
        if declared.logs.uses_firehose:
            self._deliver_logs(declared.logs)
        balancer = declared.logs.load_balancer
        if balancer and balancer.by == "forwarder" and layers.edge.access_log_bucket:
            self._forward_access_logs(layers.edge.access_log_bucket, balancer, declared.logs.kept_days)
        external_id = declared.integration.external_ids.get(environment.name) if declared.integration else None
        if declared.integration and external_id:
            DatadogIntegrationRole(
                self,
                "Integration",
                name=declared.integration.role,
                site=self._site,
                external_id=external_id,
                permissions=declared.integration.permissions,
                is_govcloud=self._is_govcloud,
            )
        CfnOutput(self, "DeliveryStream", value=metrics.delivery.ref)
        CfnOutput(self, "MetricStream", value=metrics.stream.ref)

    def _errors(self, what: str, folder: str = "kinesisfirehose") -> Errors:
        """A log group that AWS's own naming gives away, so that nobody forwards it."""
        name = f"/aws/{folder}/{self._project.name}-{self._environment.name}-{what}"
        return Errors(name, self._environment.log_retention_days)

    def _tags(self, layer: str, given: GroupLogs | LoadBalancerLogs) -> Mapping[str, str]:
        return log_tags(layer, given, env=self._environment.name, team=self._environment.team)

    def _deliver_logs(self, declared: Logs) -> None:
        """Through Firehose: the log groups that exist in this environment, and the canary's own."""
        foundation = self._layers.foundation
        delivery = DatadogLogDelivery(
            self,
            "Logs",
            site=self._site,
            given=declared,
            errors=self._errors("logs"),
            api_key_secret=foundation.api_key_secret,
            key_arn=foundation.key_arn,
        )
        there = self._log_groups()
        for layer, given in declared.groups.items():
            if layer in there:
                delivery.subscribe(layer.capitalize(), there[layer], self._tags(layer, given), given.pattern)
        balancer = declared.load_balancer
        if balancer and balancer.by == "firehose":
            name = f"{self._project.name}-{self._environment.name}-access-logs"
            delivery.deliver_access_logs(
                self._layers.edge.load_balancer_arn, name, self._tags("load_balancer", balancer)
            )
        name = canary_log_group(self._project.name, self._environment.name)
        group = log_group(
            self,
            "Canary",
            name,
            retention_days=self._environment.log_retention_days,
            key_arn=foundation.key_arn,
        )
        delivery.subscribe("Canary", group.ref, self._tags("canary", GroupLogs()))

    def _log_groups(self) -> Mapping[str, str]:
        """Names of the layers' groups, as far as the environment has them."""
        project, environment = self._project, self._environment
        found = {"database": self._layers.data.log_group.ref}
        if environment.broker.kind == "provisioned":  # MSK Serverless writes none
            found["broker"] = broker_log_group(project, environment)
        if environment.network.flow_logs != "none":
            found["flow"] = flow_log_group(project, environment)
        return found

    def _forward_access_logs(self, bucket: str, given: LoadBalancerLogs, kept_days: int) -> None:
        tags = dict(self._tags("load_balancer", given))
        DatadogForwarder(
            self,
            "Forwarder",
            site=self._site,
            layer=given.forwarder_layer,
            bucket_name=bucket,
            prefix=f"AWSLogs/{ACCOUNT}/",
            source=tags.pop("source"),
            tags=tags,
            errors=self._errors("forwarder", "lambda"),
            kept_days=kept_days,
            key_arn=self._layers.foundation.key_arn,
            is_govcloud=self._is_govcloud,
        )
