"""Metrics on their way to Datadog."""

from tests.base_infra.conftest import Assembly


def test_metrics_of_every_layer_and_of_the_pipe_itself_are_streamed(assembly: Assembly) -> None:
    """Four namespaces and the percentiles of the response time, in the format that Datadog takes."""
    (item,) = assembly.resources("local-Forwarding", "AWS::CloudWatch::MetricStream").values()
    properties = item["Properties"]

    assert [part["Namespace"] for part in properties["IncludeFilters"]] == [
        "AWS/ApplicationELB", "AWS/ECS", "AWS/RDS", "AWS/Firehose",
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
