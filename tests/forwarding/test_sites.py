"""The table of Datadog's sites."""

import typing

import pytest

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


_KINESIS = "https://aws-kinesis-http-intake.logs."
_V2 = "/api/v2/logs?dd-protocol=aws-kinesis-firehose"


@pytest.mark.parametrize(
    ("site", "logs", "account", "govcloud"),
    [
        ("datadoghq.com", f"{_KINESIS}datadoghq.com/v1/input", "464622532012", ""),
        ("datadoghq.eu", f"{_KINESIS}datadoghq.eu/v1/input", "464622532012", ""),
        ("us3.datadoghq.com", f"{_KINESIS}us3.datadoghq.com{_V2}", "464622532012", ""),
        ("us5.datadoghq.com", f"{_KINESIS}us5.datadoghq.com{_V2}", "464622532012", ""),
        ("ap1.datadoghq.com", f"{_KINESIS}ap1.datadoghq.com{_V2}", "417141415827", ""),
        ("ap2.datadoghq.com", f"{_KINESIS}ap2.datadoghq.com{_V2}", "412381753143", ""),
        ("uk1.datadoghq.com", f"{_KINESIS}uk1.datadoghq.com{_V2}", "117348461845", ""),
        ("ddog-gov.com", f"{_KINESIS}ddog-gov.com/v1/input", "392588925713", "065115117704"),
        ("us2.ddog-gov.com", f"{_KINESIS}us2.ddog-gov.com{_V2}", "382742775718", "486737091498"),
    ],
)
def test_every_host_and_account_of_every_site(site: str, logs: str, account: str, govcloud: str) -> None:
    """The whole table, as Datadog's templates have it; nobody sees a wrong row before data are lost."""
    found = SITES[site]

    assert found.metrics_intake == (
        f"https://awsmetrics-intake.{site}/api/v2/awsmetrics?dd-protocol=aws-kinesis-firehose"
    )
    assert found.logs_intake == logs
    assert found.agent_logs_host == f"http-intake.logs.{site}"
    assert (found.api, found.trace_intake) == (f"https://api.{site}", f"https://trace.agent.{site}")
    assert (found.aws_account, found.govcloud_account) == (account, govcloud)


def test_the_table_has_no_row_that_is_not_tested() -> None:
    """A new site needs its row in the test above."""
    assert len(SITES) == 9
