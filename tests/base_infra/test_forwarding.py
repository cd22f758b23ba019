"""Metrics on their way to Datadog."""

import json
import shutil
from pathlib import Path

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
        "AWS/ApplicationELB", "AWS/ECS", "AWS/RDS", "AWS/Firehose", "Watchkeeper/Canary",
    ]  # fmt: skip
    assert properties["OutputFormat"] == "opentelemetry1.0"
    (statistics,) = properties["StatisticsConfigurations"]
    assert statistics["AdditionalStatistics"] == ["p50", "p90", "p95", "p99"]


def test_the_stream_ends_at_the_site_of_the_project_and_the_key_comes_from_a_secret(assembly: Assembly) -> None:
    """No key stands in a template; what Datadog does not take is kept in a bucket."""
    (item,) = assembly.resources("local-Forwarding", "AWS::KinesisFirehose::DeliveryStream").values()
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
        {"Namespace": name} for name in ("AWS/ApplicationELB", "AWS/ECS", "AWS/RDS", "AWS/Firehose")
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
        ("http-intake.logs.datadoghq.eu", "http-intake.logs.us3.datadoghq.com", "firelens-host"),
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
