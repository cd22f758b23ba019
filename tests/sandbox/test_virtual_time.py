"""Time of the emulated AWS is virtual from its first request on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from tests.sandbox.conftest import ACCOUNTS, REGION
from tests.sandboxes import running_sandbox
from watchkeeper.commands.sandbox.clock import ask_sandbox
from watchkeeper.sandbox.process import AwsAccount, Sandbox

pytestmark = pytest.mark.emulator
NOW = 1_764_000_000  # 2025-11-24T16:00:00Z


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    aws = AwsAccount(ACCOUNTS["local"], REGION, "awsmetrics-intake.datadoghq.eu")
    with running_sandbox(tmp_path, aws=aws, now=NOW) as running:
        yield running


def changed_at(sandbox: Sandbox, name: str) -> datetime:
    """When CloudWatch says that an alarm, put just now, was put."""
    assert sandbox.aws is not None
    given = sandbox.aws.env()
    cloudwatch = boto3.client(
        "cloudwatch",
        endpoint_url=given["AWS_ENDPOINT_URL"],
        region_name=REGION,
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        config=boto3.session.Config(proxies={}),
    )
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Test",
        MetricName="Depth",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    told: datetime = alarm["AlarmConfigurationUpdatedTimestamp"]
    return told.astimezone(UTC)


def test_what_happens_before_the_first_minute_is_stamped_with_virtual_time(sandbox: Sandbox) -> None:
    """Nothing of a rehearsal lies in the month in which somebody ran it."""
    assert changed_at(sandbox, "first") == datetime.fromtimestamp(NOW, UTC)


def test_a_reset_sets_virtual_time_in_the_emulated_aws_too(sandbox: Sandbox, tmp_path: Path) -> None:
    """`sandbox reset --at` is where AWS begins again."""
    ask_sandbox(tmp_path, "POST", "/reset", {"to": NOW - 86_400})

    assert changed_at(sandbox, "again") == datetime.fromtimestamp(NOW - 86_400, UTC)
