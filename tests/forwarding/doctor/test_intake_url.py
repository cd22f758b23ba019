"""Rule intake-url."""

import pytest

from tests.forwarding.doctor.conftest import SITE, Examine, delivery
from watchkeeper.forwarding.sites import SITES


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://awsmetrics-intake.datadoghq.com/api/v2/awsmetrics?dd-protocol=aws-kinesis-firehose", "metrics"),
        ("https://awsmetrics-intake.datadoghq.eu/v1/input", "metrics"),
        ("https://event-platform-intake.datadoghq.eu/api/v2/awsmetrics", "metrics"),
        ("https://aws-kinesis-http-intake.logs.datadoghq.eu/api/v2/logs", "logs"),
    ],
    ids=["another site", "the older path", "another host", "the path of other sites"],
)
def test_another_url_than_the_sites_own_is_found(doctor: Examine, url: str, right: str) -> None:
    """It answers 401, and everything ends in the bucket."""
    (found,) = doctor("intake-url", {"Pipe": delivery(EndpointConfiguration={"Url": url})})

    assert found.fix == f"write {SITE.metrics_intake if right == 'metrics' else SITE.logs_intake}"
    assert found.severity == "error"


@pytest.mark.parametrize("site", list(SITES))
def test_both_intakes_of_every_site_are_right(doctor: Examine, site: str) -> None:
    """The doctor judges with the same table that the stacks are built with."""
    for url in (SITES[site].metrics_intake, SITES[site].logs_intake):
        assert doctor("intake-url", {"Pipe": delivery(EndpointConfiguration={"Url": url})}, site=site) == []


def test_a_key_in_the_url_is_never_printed(doctor: Examine) -> None:
    """The finding names host and path alone."""
    url = f"{SITE.metrics_intake}&dd-api-key=0123456789abcdef"
    (found,) = doctor("intake-url", {"Pipe": delivery(EndpointConfiguration={"Url": url})})

    assert "0123456789abcdef" not in f"{found.what}{found.fix}"


def test_deliveries_to_others_are_not_judged(doctor: Examine) -> None:
    """Only Datadog's URLs are known."""
    other = delivery(EndpointConfiguration={"Url": "https://intake.example.com/v1"})

    assert doctor("intake-url", {"Pipe": other}) == []
