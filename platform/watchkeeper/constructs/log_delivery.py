"""Logs of AWS services to Datadog: log groups or vended logs into Firehose into Datadog's intake, in anybody's CDK app.

A filter takes two subscriptions a log group, and its destination is in the same account.
Source: CloudWatch Logs user guide, "Subscription filters", 2026-11.
"""

from collections.abc import Mapping

from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_logs as logs
from constructs import Construct

from watchkeeper.constructs.api_keys import api_key_secret as made_secret
from watchkeeper.constructs.http_delivery import Errors, HttpDeliveries, Target
from watchkeeper.constructs.roles import allow, service_role
from watchkeeper.forwarding.model import Logs
from watchkeeper.forwarding.sites import Site

ACCESS_LOGS = "ALB_ACCESS_LOGS"
"""The log type of a load balancer. Source: CloudWatch Logs user guide, "Logs from AWS services", 2026-11."""


class DatadogLogDelivery(Construct):
    """Sends logs to a Datadog site, one delivery stream for each source, because tags are a stream's.

    given: how Firehose delivers. errors: Firehose's own, never forwarded themselves.
    api_key_secret: ARN of a secret with the JSON `{"api_key": "..."}`; without one it is created.
    What Datadog did not take lies in `backup` under `logs/<source>/`, gzipped, for `given.kept_days`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that every construct uses
        *,
        site: Site,
        given: Logs,
        errors: Errors,
        api_key_secret: str | None = None,
        key_arn: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._site = site
        self.api_key_secret = api_key_secret or made_secret(self, "DatadogApiKey", site, "json", key_arn).ref
        self._deliveries = HttpDeliveries(self, given, errors, self.api_key_secret, key_arn=key_arn)
        self.backup, self.log_group = self._deliveries.backup, self._deliveries.log_group

    def subscribe(
        self, name: str, log_group_name: str, tags: Mapping[str, str], pattern: str = ""
    ) -> firehose.CfnDeliveryStream:
        """Forward a log group that exists; gives the delivery stream. tags: what its lines carry at Datadog.

        name: of the source, such as `Database`. pattern: CloudWatch's filter pattern; empty for every line.
        """
        delivery = self._stream(name, tags)
        delivery_arn: str = delivery.attr_arn
        role = service_role(
            self,
            f"{name}Subscriber",
            "logs.amazonaws.com",
            [allow(["firehose:PutRecord", "firehose:PutRecordBatch"], delivery_arn)],
        )
        logs.CfnSubscriptionFilter(
            self,
            f"{name}Filter",
            log_group_name=log_group_name,
            destination_arn=delivery_arn,
            role_arn=role.attr_arn,
            filter_pattern=pattern,
        )
        return delivery

    def deliver_access_logs(
        self, load_balancer_arn: str, name: str, tags: Mapping[str, str]
    ) -> firehose.CfnDeliveryStream:
        """Forward a load balancer's access logs without S3; gives the delivery stream.

        name: of the delivery source in the account. Whether Datadog parses this form is unverified.
        """
        # AWS's log delivery may write into delivery streams that carry this tag, and into no others.
        delivery = self._stream("AccessLogs", tags, {"LogDeliveryEnabled": "true"})
        source = logs.CfnDeliverySource(
            self, "AccessLogsSource", name=name, log_type=ACCESS_LOGS, resource_arn=load_balancer_arn
        )
        destination = logs.CfnDeliveryDestination(
            self, "AccessLogsDestination", name=name, destination_resource_arn=delivery.attr_arn, output_format="json"
        )
        made = logs.CfnDelivery(
            self,
            "AccessLogsDelivery",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.attr_arn,
        )
        made.add_resource_dependency(source)
        return delivery

    def _stream(
        self, name: str, attributes: Mapping[str, str], tags: Mapping[str, str] | None = None
    ) -> firehose.CfnDeliveryStream:
        prefix = f"logs/{name.lower()}/"
        target = Target(self._site.logs_intake, "Datadog logs", prefix, attributes)
        return self._deliveries.add(name, f"{name}Errors", name.lower(), target, tags)
