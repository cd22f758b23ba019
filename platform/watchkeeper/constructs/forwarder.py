"""Datadog's own forwarder: a function that reads access logs from S3 and sends them, in anybody's CDK app.

Its code comes from the Lambda layer that Datadog publishes. Figures and variables:
DataDog/datadog-serverless-functions, aws/logs_monitoring/template.yaml of forwarder 5.4.11, read 2026-11.
Two things are closed that the template leaves open: it may read the named buckets only, and what it could not send is
kept.
"""

from collections.abc import Mapping
from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from watchkeeper.constructs.api_keys import api_key_secret as made_secret
from watchkeeper.constructs.buckets import failed_data_bucket
from watchkeeper.constructs.http_delivery import Errors
from watchkeeper.constructs.pseudo import ACCOUNT, PARTITION, REGION
from watchkeeper.constructs.roles import allow, service_role
from watchkeeper.forwarding.sites import Site

RUNTIME: Final = "python3.14"
MEMORY_MIB: Final = 1024
TIMEOUT_S: Final = 120
_AGAIN_HOURS: Final = 6
_LAYER_ACCOUNT, _GOVCLOUD_LAYER_ACCOUNT = "464622532012", "002406178527"


class DatadogForwarder(Construct):
    """Sends every object that is created in a bucket which tells EventBridge of it.

    layer: version of the layer `Datadog-Forwarder`. bucket_name, prefix: what it may read. source, tags: on every log.
    errors: its own log. api_key_secret: ARN of a secret with the key as plain text; without one it is created.
    What it could not send lies in `cache`, and is sent again every six hours, as Datadog's template can be told to.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that every construct uses
        *,
        site: Site,
        layer: int,
        bucket_name: str,
        prefix: str,
        source: str,
        tags: Mapping[str, str],
        errors: Errors,
        kept_days: int,
        api_key_secret: str | None = None,
        key_arn: str | None = None,
        is_govcloud: bool = False,
    ) -> None:
        super().__init__(scope, id)
        self.api_key_secret = api_key_secret or made_secret(self, "DatadogApiKey", site, "plain", key_arn).ref
        self.cache = failed_data_bucket(self, kept_days=kept_days)
        cache_arn: str = self.cache.attr_arn
        group = logs.CfnLogGroup(
            self, "Log", log_group_name=errors.group_name, retention_in_days=errors.retention_days, kms_key_id=key_arn
        )
        group.apply_removal_policy(RemovalPolicy.DESTROY)
        role = service_role(
            self,
            "Role",
            "lambda.amazonaws.com",
            [
                allow(["s3:GetObject"], f"arn:{PARTITION}:s3:::{bucket_name}/{prefix}*"),
                allow(["s3:ListBucket"], cache_arn),
                allow(["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], f"{cache_arn}/*"),
                allow(["secretsmanager:GetSecretValue"], self.api_key_secret),
                allow(["logs:CreateLogStream", "logs:PutLogEvents"], group.attr_arn),
                *([allow(["kms:Decrypt"], key_arn)] if key_arn else []),
            ],
            tells_account=False,
        )
        account = _GOVCLOUD_LAYER_ACCOUNT if is_govcloud else _LAYER_ACCOUNT
        function = lambda_.CfnFunction
        self.function = function(
            self,
            "Function",
            description=f"Datadog's forwarder: access logs to {site.name}",
            handler="lambda_function.lambda_handler",
            runtime=RUNTIME,
            architectures=["arm64"],
            memory_size=MEMORY_MIB,
            timeout=TIMEOUT_S,
            role=role.attr_arn,
            # The code is the layer's; a function has to have some of its own.
            code=function.CodeProperty(zip_file=" "),
            layers=[f"arn:{PARTITION}:lambda:{REGION}:{account}:layer:Datadog-Forwarder:{layer}"],
            logging_config=function.LoggingConfigProperty(log_group=group.ref),
            environment=function.EnvironmentProperty(
                variables={
                    "DD_API_KEY_SECRET_ARN": self.api_key_secret,
                    "DD_SITE": site.name,
                    "DD_SOURCE": source,
                    "DD_TAGS": ",".join(f"{name}:{value}" for name, value in tags.items()),
                    "DD_S3_BUCKET_NAME": self.cache.ref,
                    "DD_STORE_FAILED_EVENTS": "true",
                    # Datadog adds the tags of resources itself; the function would need rights of its own for them.
                    "DD_FETCH_LAMBDA_TAGS": "false",
                    "DD_FETCH_LOG_GROUP_TAGS": "false",
                    "DD_FETCH_S3_TAGS": "false",
                }
            ),
        )
        self._listen(bucket_name, prefix)

    def _listen(self, bucket_name: str, prefix: str) -> None:
        rule = events.CfnRule(
            self,
            "Created",
            description="Objects of access logs, to Datadog's forwarder",
            event_pattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {"bucket": {"name": [bucket_name]}, "object": {"key": [{"prefix": prefix}]}},
            },
            targets=[events.CfnRule.TargetProperty(id="forwarder", arn=self.function.attr_arn)],
        )
        again = events.CfnRule(
            self,
            "Again",
            description="Datadog's forwarder sends again what it could not send",
            schedule_expression=f"rate({_AGAIN_HOURS} hours)",
            targets=[
                events.CfnRule.TargetProperty(id="forwarder", arn=self.function.attr_arn, input='{"retry": "true"}')
            ],
        )
        for id, each in (("MayInvoke", rule), ("MayInvokeAgain", again)):  # noqa: A001 - as CDK calls it
            lambda_.CfnPermission(
                self,
                id,
                action="lambda:InvokeFunction",
                function_name=self.function.ref,
                principal="events.amazonaws.com",
                source_account=ACCOUNT,
                source_arn=each.attr_arn,
            )
