"""Datadog's sites and where each takes metrics and logs from AWS.

Sources, read 2026-11-23 in DataDog/cloudformation-template: metrics `aws_streams/streams_single_region.yaml`
(Mappings), logs `aws_account_level_logs/main.yaml` (AllowedValues), accounts `aws_quickstart/main_v2.yaml` (Mappings).
aws-cdk-lib's own `DatadogEndpoint` disagrees for metrics and lacks four sites; this table is the one that is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

_FIREHOSE: Final = "dd-protocol=aws-kinesis-firehose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One Datadog site.

    logs_path: path of the Firehose log intake. aws_account: Datadog's own AWS account, which an integration role
    trusts; govcloud_account: the same in the GovCloud partition, empty where there is none.
    """

    name: str
    logs_path: Literal["/v1/input", "/api/v2/logs?dd-protocol=aws-kinesis-firehose"]
    aws_account: str
    govcloud_account: str = ""

    @property
    def metrics_intake(self) -> str:
        """URL to which Firehose delivers a CloudWatch metric stream."""
        return f"https://awsmetrics-intake.{self.name}/api/v2/awsmetrics?{_FIREHOSE}"

    @property
    def logs_intake(self) -> str:
        """URL to which Firehose delivers logs."""
        return f"https://aws-kinesis-http-intake.logs.{self.name}{self.logs_path}"

    @property
    def api(self) -> str:
        """Base URL of the API."""
        return f"https://api.{self.name}"

    @property
    def agent_logs_host(self) -> str:
        """Host to which an Agent, FireLens or a Lambda function sends logs."""
        return f"http-intake.logs.{self.name}"

    @property
    def trace_intake(self) -> str:
        """Base URL to which an Agent sends traces."""
        return f"https://trace.agent.{self.name}"


_V1: Final = "/v1/input"
_V2: Final = "/api/v2/logs?dd-protocol=aws-kinesis-firehose"

SITES: Final[Mapping[str, Site]] = {
    site.name: site
    for site in (
        Site(name="datadoghq.com", logs_path=_V1, aws_account="464622532012"),
        Site(name="datadoghq.eu", logs_path=_V1, aws_account="464622532012"),
        Site(name="us3.datadoghq.com", logs_path=_V2, aws_account="464622532012"),
        Site(name="us5.datadoghq.com", logs_path=_V2, aws_account="464622532012"),
        Site(name="ap1.datadoghq.com", logs_path=_V2, aws_account="417141415827"),
        Site(name="ap2.datadoghq.com", logs_path=_V2, aws_account="412381753143"),
        Site(name="uk1.datadoghq.com", logs_path=_V2, aws_account="117348461845"),
        Site(name="ddog-gov.com", logs_path=_V1, aws_account="392588925713", govcloud_account="065115117704"),
        Site(name="us2.ddog-gov.com", logs_path=_V2, aws_account="382742775718", govcloud_account="486737091498"),
    )
}
