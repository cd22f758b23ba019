"""Metrics on their way to Datadog."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.base_infra.conftest import Assembly, synthesize
from tests.conftest import ROOT
from watchkeeper.forwarding.doctor import examine
from watchkeeper.forwarding.doctor.stacks import Stacks
from watchkeeper.forwarding.doctor.subject import Subject
from watchkeeper.forwarding.load import load_forwarding
from watchkeeper.forwarding.sites import SITES
from watchkeeper.project.load import load_project


def test_metrics_of_every_layer_and_of_the_pipe_itself_are_streamed(assembly: Assembly) -> None:
    """What platform/forwarding.yaml declares, and the percentiles of the response time, in the format Datadog takes."""
    (item,) = assembly.resources("local-Forwarding", "AWS::CloudWatch::MetricStream").values()
    properties = item["Properties"]

    assert [part["Namespace"] for part in properties["IncludeFilters"]] == [
        "AWS/ApplicationELB", "AWS/ECS", "AWS/RDS", "AWS/Kafka", "AWS/NATGateway", "AWS/Firehose", "Watchkeeper/Canary",
    ]  # fmt: skip
    assert properties["OutputFormat"] == "opentelemetry1.0"
    (statistics,) = properties["StatisticsConfigurations"]
    assert statistics["AdditionalStatistics"] == ["p50", "p90", "p95", "p99"]


def test_the_stream_ends_at_the_site_of_the_project_and_the_key_comes_from_a_secret(assembly: Assembly) -> None:
    """No key stands in a template; what Datadog does not take is kept in a bucket."""
    item = deliveries(assembly, "local")["Metrics"]
    endpoint = item["Properties"]["HttpEndpointDestinationConfiguration"]

    assert endpoint["EndpointConfiguration"] == {
        "Name": "Datadog metrics",
        "Url": "https://awsmetrics-intake.datadoghq.eu/api/v2/awsmetrics?dd-protocol=aws-kinesis-firehose",
    }
    assert "DatadogApiKey" in endpoint["SecretsManagerConfiguration"]["SecretARN"]["Fn::ImportValue"]
    assert endpoint["S3BackupMode"] == "FailedDataOnly"


def test_without_a_file_the_usual_namespaces_are_streamed(declared: str, tmp_path: Path) -> None:
    """A project that declares nothing has the layers of the base topology, with Datadog's own figures."""
    shutil.copytree(ROOT / "autoscaling", tmp_path / "project" / "autoscaling")
    found = synthesize(declared, "local", tmp_path / "out", root=tmp_path / "project")
    stream = found.one("local-Forwarding", "AWS::CloudWatch::MetricStream")
    endpoint = found.one("local-Forwarding", "AWS::KinesisFirehose::DeliveryStream")

    assert stream["IncludeFilters"] == [
        {"Namespace": name}
        for name in ("AWS/ApplicationELB", "AWS/ECS", "AWS/RDS", "AWS/Kafka", "AWS/NATGateway", "AWS/Firehose")
    ]
    http = endpoint["HttpEndpointDestinationConfiguration"]
    assert http["BufferingHints"] == {"IntervalInSeconds": 60, "SizeInMBs": 4}
    assert http["RetryOptions"] == {"DurationInSeconds": 60}


def test_chosen_names_percentiles_and_times_reach_the_templates(declared: str, tmp_path: Path) -> None:
    """The stream carries what the file names, and Firehose repeats for as long as it says."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "autoscaling", project / "autoscaling")
    (project / "platform").mkdir()
    (project / "platform" / "forwarding.yaml").write_text(
        "metrics:\n  retry_s: 300\n  kept_days: 30\n  namespaces:\n"
        "    AWS/RDS: {names: [CommitLatency, CPUUtilization], percentiles: {CommitLatency: [p99.9]}}\n"
    )
    found = synthesize(declared, "local", tmp_path / "out", root=project)
    stream = found.one("local-Forwarding", "AWS::CloudWatch::MetricStream")
    endpoint = found.one("local-Forwarding", "AWS::KinesisFirehose::DeliveryStream")
    bucket = found.one("local-Forwarding", "AWS::S3::Bucket")

    assert stream["IncludeFilters"] == [{"Namespace": "AWS/RDS", "MetricNames": ["CommitLatency", "CPUUtilization"]}]
    assert stream["StatisticsConfigurations"] == [
        {
            "AdditionalStatistics": ["p99.9"],
            "IncludeMetrics": [{"Namespace": "AWS/RDS", "MetricName": "CommitLatency"}],
        }
    ]
    assert endpoint["HttpEndpointDestinationConfiguration"]["RetryOptions"] == {"DurationInSeconds": 300}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 30


def deliveries(assembly: Assembly, env: str) -> dict[str, Any]:
    """The delivery streams of an environment, by the layer that they carry."""
    found = assembly.resources(f"{env}-Forwarding", "AWS::KinesisFirehose::DeliveryStream").items()
    layers = ("Metrics", "LogsDatabase", "LogsBroker", "LogsFlow", "LogsAccessLogs", "LogsCanary")
    return {layer: item for name, item in found for layer in layers if name.startswith(layer)}


def test_each_layers_logs_go_through_a_stream_of_their_own_with_its_tags(assembly: Assembly) -> None:
    """Tags are a stream's; what Datadog does not take lies apart in the bucket, for two weeks."""
    found = deliveries(assembly, "prod")

    assert sorted(found) == ["LogsCanary", "LogsDatabase", "LogsFlow", "Metrics"]
    http = found["LogsDatabase"]["Properties"]["HttpEndpointDestinationConfiguration"]
    tags = {each["AttributeName"]: each["AttributeValue"] for each in http["RequestConfiguration"]["CommonAttributes"]}
    assert tags == {"env": "prod", "service": "aurora", "source": "postgresql", "team": "platform"}
    assert http["EndpointConfiguration"]["Url"] == "https://aws-kinesis-http-intake.logs.datadoghq.eu/v1/input"
    assert http["BufferingHints"]["SizeInMBs"] == 2
    assert (http["S3BackupMode"], http["S3Configuration"]["Prefix"]) == ("FailedDataOnly", "logs/database/")
    assert "DatadogApiKey" in http["SecretsManagerConfiguration"]["SecretARN"]["Fn::ImportValue"]


@pytest.mark.parametrize("env", ["local", "dev", "prod"])
def test_every_subscription_takes_a_log_group_of_the_environment(assembly: Assembly, env: str) -> None:
    """None names a group that no stack makes; flow logs are left out where an environment records none."""
    stacks = Stacks({name: given for name, given in assembly.templates.items() if name.startswith(f"{env}-")})
    groups = {stacks.identity(group.stack, {"Ref": group.id}, "LogGroupName") for group in stacks.of_type(_GROUP)}
    taken = {
        stacks.identity(each.stack, each.properties["LogGroupName"], "LogGroupName")
        for each in stacks.of_type("AWS::Logs::SubscriptionFilter")
    }

    assert taken <= groups
    has_flow_logs = any(True for _ in stacks.of_type("AWS::EC2::FlowLog"))
    assert (f"/vpc/lighthouse-{env}/flow" in taken) is has_flow_logs
    assert f"/watchkeeper/lighthouse-{env}/canary" in taken


def test_of_flow_logs_only_what_was_rejected_is_forwarded(assembly: Assembly) -> None:
    """All connections are recorded in CloudWatch; Datadog charges each line."""
    filters = assembly.resources("prod-Forwarding", "AWS::Logs::SubscriptionFilter")

    patterns = {name[: len("LogsFlow")]: item["Properties"]["FilterPattern"] for name, item in filters.items()}
    assert patterns["LogsFlow"] == "REJECT"


def test_brokers_logs_are_forwarded_where_there_is_a_broker(widest: Assembly) -> None:
    """From the group that the cluster writes to."""
    (filter_,) = (
        item["Properties"]
        for name, item in widest.resources("local-Forwarding", "AWS::Logs::SubscriptionFilter").items()
        if name.startswith("LogsBroker")
    )
    cluster = widest.one("local-Broker", "AWS::MSK::Cluster")
    group = widest.one("local-Broker", _GROUP)

    assert cluster["LoggingInfo"]["BrokerLogs"]["CloudWatchLogs"]["Enabled"] is True
    assert filter_["LogGroupName"] == group["LogGroupName"] == "/msk/lighthouse-local"


def test_the_forwarder_is_datadogs_own_and_reads_this_bucket_alone(assembly: Assembly) -> None:
    """Its code is the published layer; the key has the shape it reads; it keeps what it could not send."""
    function = assembly.one("prod-Forwarding", "AWS::Lambda::Function")
    variables = function["Environment"]["Variables"]

    assert (function["MemorySize"], function["Timeout"], function["Architectures"]) == (1024, 120, ["arm64"])
    assert "layer:Datadog-Forwarder:110" in json.dumps(function["Layers"])
    assert (variables["DD_SITE"], variables["DD_SOURCE"]) == ("datadoghq.eu", "elbv2")
    assert variables["DD_TAGS"] == "env:prod,service:load-balancer,team:platform"
    secret = assembly.one("prod-Forwarding", "AWS::SecretsManager::Secret")
    assert secret["GenerateSecretString"] == {"ExcludePunctuation": True}
    (role,) = (
        item["Properties"]
        for name, item in assembly.resources("prod-Forwarding", "AWS::IAM::Role").items()
        if name.startswith("ForwarderRole")
    )
    read = next(
        each for each in role["Policies"][0]["PolicyDocument"]["Statement"] if each["Action"] == ["s3:GetObject"]
    )
    assert "prod-Edge:ExportsOutputRefAccessLogs" in json.dumps(read["Resource"])
    bucket = assembly.one("prod-Edge", "AWS::S3::Bucket")
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    rules = assembly.resources("prod-Forwarding", "AWS::Events::Rule").values()
    (rule,) = (each["Properties"] for each in rules if "EventPattern" in each["Properties"])
    assert rule["EventPattern"]["detail-type"] == ["Object Created"]


def test_access_logs_can_go_through_firehose_without_a_function(declared: str, tmp_path: Path) -> None:
    """Vended logs, into a stream that AWS's log delivery may write to; its parsing at Datadog is unverified."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "autoscaling", project / "autoscaling")
    (project / "platform").mkdir()
    (project / "platform" / "forwarding.yaml").write_text("logs: {load_balancer: {by: firehose}}\n")
    found = synthesize(declared, "prod", tmp_path / "out", root=project)

    source = found.one("prod-Forwarding", "AWS::Logs::DeliverySource")
    assert source["LogType"] == "ALB_ACCESS_LOGS"
    assert "LoadBalancer" in source["ResourceArn"]["Fn::ImportValue"]
    (stream,) = (item for name, item in deliveries(found, "prod").items() if name == "LogsAccessLogs")
    assert {"Key": "LogDeliveryEnabled", "Value": "true"} in stream["Properties"]["Tags"]
    assert found.resources("prod-Forwarding", "AWS::Lambda::Function") == {}
    assert sorted(deliveries(found, "prod")) == ["LogsAccessLogs", "LogsCanary", "Metrics"]


def test_the_full_profile_is_cut_into_policies_that_iam_takes(declared: str, tmp_path: Path) -> None:
    """The standard list stands in the role, the rest in managed policies beside it, and AWS's own audit policy."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "autoscaling", project / "autoscaling")
    (project / "platform").mkdir()
    (project / "platform" / "forwarding.yaml").write_text(
        f"integration: {{permissions: full, external_ids: {{prod: {'0' * 32}}}}}\n"
    )
    found = synthesize(declared, "prod", tmp_path / "out", root=project)
    (role,) = (
        item["Properties"]
        for item in found.resources("prod-Forwarding", "AWS::IAM::Role").values()
        if item["Properties"].get("RoleName")
    )

    assert "SecurityAudit" in json.dumps(role["ManagedPolicyArns"])
    policies = found.resources("prod-Forwarding", "AWS::IAM::ManagedPolicy")
    assert len(policies) == 4
    for item in policies.values():
        text = json.dumps(item["Properties"]["PolicyDocument"], separators=(",", ":"))
        assert len(text) <= 6144


_GROUP = "AWS::Logs::LogGroup"


def _examined(assembly: Assembly, env: str, before: str = "", after: str = "") -> list[str]:
    """The doctor's findings on an environment of this repository, after one text of its templates was replaced."""
    text = json.dumps({name: given for name, given in assembly.templates.items() if name.startswith(f"{env}-")})
    assert before in text
    project = load_project(ROOT)
    stacks = Stacks(json.loads(text.replace(before, after) if before else text))
    found = examine(Subject(SITES[project.datadog.site], load_forwarding(project), None, stacks))
    return sorted({each.problem.rule for each in found})


@pytest.mark.parametrize("env", ["local", "dev", "stage", "prod"])
def test_the_doctor_finds_nothing_in_the_templates_of_this_repository(assembly: Assembly, env: str) -> None:
    """Every rule on every environment."""
    assert _examined(assembly, env) == []


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("https://awsmetrics-intake.datadoghq.eu", "https://awsmetrics-intake.datadoghq.com", "intake-url"),
        ('"TLS": "on"', '"TLS": "off"', "firelens-tls"),
        ('"http-intake.logs.datadoghq.eu', '"http-intake.logs.us3.datadoghq.com', "firelens-host"),
        ("https://aws-kinesis-http-intake.logs.datadoghq.eu/v1/input", "https://x.logs.datadoghq.com", "intake-url"),
        ('"AttributeName": "source"', '"AttributeName": "left"', "delivery-tags"),
        ('"DD_STORE_FAILED_EVENTS": "true"', '"DD_STORE_FAILED_EVENTS": "false"', "forwarder-forgets"),
        ('"MemorySize": 1024', '"MemorySize": 512', "forwarder-limits"),
        (
            '"Essential": false, "FirelensConfiguration"',
            '"Essential": true, "FirelensConfiguration"',
            "essential-router",
        ),
        ("aws-for-fluent-bit:3.4.15", "aws-for-fluent-bit:stable", "router-image"),
        ('"GenerateStringKey": "api_key"', '"GenerateStringKey": "key"', "api-key-shape"),
        ('":api_key::"', '""', "api-key-shape"),
        ('"/*"', '""', "failed-data-lost"),
        ("opentelemetry1.0", "json", "stream-format"),
        ('"StatisticsConfigurations"', '"Left"', "percentiles-missing"),
        ('"Name": "DD_SITE", "Value": "datadoghq.eu"', '"Name": "DD_SITE", "Value": "datadoghq.com"', "agent-site"),
        ('"RetentionInDays"', '"Left"', "keeps-logs-forever"),
        ('"Retry_Limit"', '"left"', "firelens-retries"),
        (",team:", ",owner:", "firelens-tags"),
    ],
)
def test_the_doctor_finds_a_fault_in_the_real_templates(assembly: Assembly, before: str, after: str, rule: str) -> None:
    """One changed text of a synthesized environment, one rule."""
    assert _examined(assembly, "prod", before, after) == [rule]


def test_the_integration_role_is_deployed_once_its_external_id_is_known(declared: str, tmp_path: Path) -> None:
    """Datadog's account of the project's site may assume it, with that id alone, and may write nothing."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "autoscaling", project / "autoscaling")
    (project / "platform").mkdir()
    external_id = "0123456789abcdef0123456789abcdef"
    (project / "platform" / "forwarding.yaml").write_text(f"integration: {{external_ids: {{prod: {external_id}}}}}\n")
    found = synthesize(declared, "local,prod", tmp_path / "out", root=project)
    roles = {
        env: [
            role["Properties"]
            for role in found.resources(f"{env}-Forwarding", "AWS::IAM::Role").values()
            if role["Properties"].get("RoleName") == "DatadogIntegrationRole"
        ]
        for env in ("local", "prod")
    }

    assert roles["local"] == []
    (role,) = roles["prod"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": external_id}}
    assert "464622532012" in json.dumps(trust["Principal"])
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    verbs = {action.partition(":")[2].rstrip("*") for action in statement["Action"]}
    assert all(verb.startswith(("Get", "List", "Describe")) for verb in verbs)
