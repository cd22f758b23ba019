"""Rules run on a few resources, and on nothing else."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from watchkeeper.errors import Location, Problem
from watchkeeper.forwarding.doctor import examine
from watchkeeper.forwarding.doctor.stacks import Stacks
from watchkeeper.forwarding.doctor.subject import Subject
from watchkeeper.forwarding.model import ForwardingFile
from watchkeeper.forwarding.sites import SITES

Json = dict[str, Any]
Examine = Callable[..., list[Problem]]
SITE = SITES["datadoghq.eu"]


@pytest.fixture
def doctor() -> Examine:
    """The findings of one rule on the resources of a stack. others: further stacks by name."""

    def run(
        rule: str, resources: Mapping[str, Any], others: Mapping[str, Any] | None = None, *, site: str = SITE.name
    ) -> list[Problem]:
        stacks = Stacks({"prod-App": {"Resources": resources}, **(others or {})})
        subject = Subject(SITES[site], ForwardingFile(), Location("platform/forwarding.yaml"), stacks)
        return [found.problem for found in examine(subject) if found.problem.rule == rule]

    return run


def resource(kind: str, **properties: Any) -> Json:
    """As CloudFormation writes one."""
    return {"Type": kind, "Properties": properties}


def delivery(**destination: Any) -> Json:
    """A Firehose stream to the metrics intake of the site, with a backup. destination: what is otherwise."""
    given = {
        "EndpointConfiguration": {"Url": SITE.metrics_intake},
        "SecretsManagerConfiguration": {"Enabled": True, "SecretARN": {"Ref": "Key"}},
        "S3Configuration": {"BucketARN": {"Fn::GetAtt": ["Bucket", "Arn"]}, "RoleARN": {"Fn::GetAtt": ["Role", "Arn"]}},
        **destination,
    }
    kept = {name: value for name, value in given.items() if value is not None}
    return resource("AWS::KinesisFirehose::DeliveryStream", HttpEndpointDestinationConfiguration=kept)


def secret(key: str) -> Json:
    """A generated secret with a JSON key, or a plain text without one."""
    return resource("AWS::SecretsManager::Secret", GenerateSecretString={"GenerateStringKey": key} if key else {})


def task(*containers: Json, **properties: Any) -> Json:
    """A Fargate task."""
    given = {"RequiresCompatibilities": ["FARGATE"], "ContainerDefinitions": list(containers), **properties}
    return resource("AWS::ECS::TaskDefinition", **given)


def application(*, secrets: Any = None, **options: Any) -> Json:
    """A container whose log FireLens sends as it should. options: what is otherwise; None leaves one out."""
    given = {
        "Name": "datadog",
        "Host": SITE.agent_logs_host,
        "TLS": "on",
        "Retry_Limit": "5",
        "dd_tags": "env:prod,service:api,team:checkout",
        **options,
    }
    return {
        "Name": "api",
        "LogConfiguration": {
            "LogDriver": "awsfirelens",
            "Options": {name: value for name, value in given.items() if value is not None},
            "SecretOptions": [{"Name": "apikey", "ValueFrom": "arn:x"}] if secrets is None else secrets,
        },
    }


def router(**changed: Any) -> Json:
    """A log router as it should be."""
    given = {
        "Name": "log-router",
        "Image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.15",
        "Essential": False,
        "FirelensConfiguration": {"Type": "fluentbit"},
        "RestartPolicy": {"Enabled": True},
        "LogConfiguration": {"LogDriver": "awslogs"},
        **changed,
    }
    return {name: value for name, value in given.items() if value is not None}


def agent(*variables: tuple[str, str], **changed: Any) -> Json:
    """Datadog's Agent as it should be, with these variables."""
    return {
        "Name": "agent",
        "Image": "public.ecr.aws/datadog/agent:7.77.2",
        "Environment": [{"Name": name, "Value": value} for name, value in variables],
        "Secrets": [{"Name": "DD_API_KEY", "ValueFrom": "arn:x"}],
        **changed,
    }


def subscription(group: Any, destination: Any = "arn:x", **more: Any) -> Json:
    """A subscription filter."""
    return resource("AWS::Logs::SubscriptionFilter", LogGroupName=group, DestinationArn=destination, **more)
