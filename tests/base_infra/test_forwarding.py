"""Metrics on their way to Datadog."""

import shutil
from pathlib import Path

from tests.base_infra.conftest import Assembly, synthesize
from tests.conftest import ROOT


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
