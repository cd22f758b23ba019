"""The table of Datadog's sites."""

import typing

from watchkeeper.forwarding.sites import SITES
from watchkeeper.project.model import DatadogSite


def test_every_site_that_a_project_may_name_is_in_the_table() -> None:
    """`datadog.site` of watchkeeper.yaml and the table know the same sites."""
    assert set(SITES) == set(typing.get_args(DatadogSite))


def test_metrics_and_logs_have_intakes_of_their_own() -> None:
    """As Datadog's CloudFormation templates spell them."""
    eu, us5 = SITES["datadoghq.eu"], SITES["us5.datadoghq.com"]

    assert eu.metrics_intake == (
        "https://awsmetrics-intake.datadoghq.eu/api/v2/awsmetrics?dd-protocol=aws-kinesis-firehose"
    )
    assert eu.logs_intake == "https://aws-kinesis-http-intake.logs.datadoghq.eu/v1/input"
    assert us5.logs_intake == (
        "https://aws-kinesis-http-intake.logs.us5.datadoghq.com/api/v2/logs?dd-protocol=aws-kinesis-firehose"
    )
    assert (us5.api, us5.agent_logs_host) == ("https://api.us5.datadoghq.com", "http-intake.logs.us5.datadoghq.com")
