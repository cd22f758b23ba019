"""The forwarding constructs in an app that has nothing else of Watchkeeper."""

import json
from typing import Any

from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from watchkeeper.constructs.forwarder import DatadogForwarder
from watchkeeper.constructs.http_delivery import Errors
from watchkeeper.constructs.log_delivery import DatadogLogDelivery
from watchkeeper.constructs.metric_stream import DatadogMetricStream
from watchkeeper.forwarding.doctor import examine
from watchkeeper.forwarding.doctor.stacks import Stacks
from watchkeeper.forwarding.doctor.subject import Subject
from watchkeeper.forwarding.model import CANARY_NAMESPACE, ForwardingFile, Logs, Metrics, Namespace
from watchkeeper.forwarding.sites import SITES

SITE = SITES["us5.datadoghq.com"]
TAGS = {"env": "prod", "service": "orders", "source": "nginx", "team": "web"}


def template(build: Any) -> dict[str, Any]:
    stack = Stack(App(), "Theirs")
    build(stack)
    return dict(Template.from_stack(stack).to_json())


def problems(found: dict[str, Any]) -> list[str]:
    metrics = Metrics(namespaces={CANARY_NAMESPACE: Namespace()})
    subject = Subject(SITE, ForwardingFile(metrics=metrics), None, Stacks({"Theirs": found}))
    return [each.problem.what for each in examine(subject)]


def kinds(found: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in found["Resources"].values() if each["Type"] == kind]


def test_a_log_group_of_any_app_is_forwarded_with_a_secret_of_its_own() -> None:
    """The doctor finds nothing in it, and the key has the shape that Firehose reads."""

    def build(stack: Stack) -> None:
        delivery = DatadogLogDelivery(
            stack,
            "Logs",
            site=SITE,
            given=Logs(),
            errors=Errors("/errors", 14),
        )
        delivery.subscribe("Nginx", "/nginx", TAGS, pattern="ERROR")

    found = template(build)
    (filter_,) = kinds(found, "AWS::Logs::SubscriptionFilter")
    (secret,) = kinds(found, "AWS::SecretsManager::Secret")
    assert (filter_["LogGroupName"], filter_["FilterPattern"]) == ("/nginx", "ERROR")
    assert secret["GenerateSecretString"]["GenerateStringKey"] == "api_key"
    assert problems(found) == []


def test_access_logs_of_any_app_go_through_datadogs_forwarder() -> None:
    """With the key as plain text, and nothing for the doctor to find."""

    def build(stack: Stack) -> None:
        DatadogForwarder(
            stack, "Forwarder", site=SITE, layer=110, bucket_name="theirs", prefix="logs/", source="elbv2", tags=TAGS,
            errors=Errors("/aws/lambda/forwarder", 14), kept_days=14,
        )  # fmt: skip

    found = template(build)
    (secret,) = kinds(found, "AWS::SecretsManager::Secret")
    rule, again = kinds(found, "AWS::Events::Rule")
    allowed = [each["SourceArn"] for each in kinds(found, "AWS::Lambda::Permission")]
    assert "GenerateStringKey" not in secret["GenerateSecretString"]
    assert rule["EventPattern"]["detail"]["bucket"]["name"] == ["theirs"]
    assert again["ScheduleExpression"] == "rate(6 hours)"
    assert [json.loads(target["Input"]) for target in again["Targets"]] == [{"retry": "true"}]
    assert len({json.dumps(each) for each in allowed}) == 2
    assert problems(found) == []


def test_in_govcloud_the_layer_is_of_datadogs_account_there() -> None:
    """Another account publishes it."""

    def build(stack: Stack) -> None:
        DatadogForwarder(
            stack, "Forwarder", site=SITES["ddog-gov.com"], layer=110, bucket_name="theirs", prefix="", source="elbv2",
            tags=TAGS, errors=Errors("/aws/lambda/forwarder", 14), kept_days=14, is_govcloud=True,
        )  # fmt: skip

    (function,) = kinds(template(build), "AWS::Lambda::Function")
    assert "002406178527" in json.dumps(function["Layers"])


def test_metrics_of_any_app_are_streamed_with_a_secret_of_its_own() -> None:
    """Without the rest of Watchkeeper, and without a finding."""

    def build(stack: Stack) -> None:
        DatadogMetricStream(
            stack, "Metrics", site=SITE, metrics=Metrics(), log_group_name="/errors", log_retention_days=14,
        )  # fmt: skip

    assert problems(template(build)) == []
