"""The control loop against the emulated AWS: alarms by dimension set, datapoints and activities of any year."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import ACCOUNTS, REGION, Emulated
from watchkeeper.project.load import load_project
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.process import Accounts, AwsAccount, Sandbox, start_sandbox
from watchkeeper.sandbox.rehearsal import Rehearsal
from watchkeeper.sandbox.scenario import Scenario
from watchkeeper.sandbox.traffic import GeneratedDay

pytestmark = pytest.mark.emulator
MINUTES = 25


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    aws = AwsAccount(ACCOUNTS["local"], REGION, "awsmetrics-intake.datadoghq.eu")
    accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse", aws=aws)
    running = start_sandbox(tmp_path, accounts, pid=os.getpid(), now=0)
    yield running
    running.close()
    remove_record(tmp_path)


def played(sandbox: Sandbox, assemblies: Callable[[str], Path], root: Path, start: str) -> Emulated:
    """The service `api` under a load that `reports` does not have, for some minutes from `start`."""
    assert sandbox.aws is not None
    emulated = Emulated(sandbox.aws, assemblies)
    emulated.deploy()
    cloud = Cloud(sandbox.aws, REGION)
    cloud.put_api_key(sandbox.record.keys["datadog_api_key"])
    day = GeneratedDay(night_rps=1, peak_rps=2)
    scenario = Scenario(start=start, minutes=MINUTES, seed=1, day=day, shares={"api": 1.0})
    sandbox.clock.now = scenario.start_s
    rehearsal = Rehearsal(load_project(root).environment("local"), scenario, sandbox, cloud)
    rehearsal.play({"api": [400.0] * MINUTES, "reports": [2.0] * MINUTES})
    return emulated


@pytest.mark.parametrize("year", [1998, 2014, 2026])
def test_alarms_datapoints_and_activities_stand_in_the_year_that_is_played(
    sandbox: Sandbox, assemblies: Callable[[str], Path], root: Path, year: int
) -> None:
    """Virtual time is every service's time; only request signing keeps the wall clock."""
    start = f"{year}-06-10T17:00:00Z"
    emulated = played(sandbox, assemblies, root, start)

    assert set(_alarms(emulated, "api-AlarmHigh")) == {"ALARM"}
    first = _activities(emulated)[-1]
    assert first["StartTime"].astimezone(UTC).isoformat() == f"{year}-06-10T17:03:00+00:00"
    assert first["Description"] == "Setting desired count to 12."
    assert _requests(emulated, datetime.fromisoformat(start)) == [12000.0, 12000.0, 12000.0]


def test_two_services_with_different_load_never_share_an_alarm(
    sandbox: Sandbox, assemblies: Callable[[str], Path], root: Path
) -> None:
    """Equal metric names, other dimensions: `api` is scaled out, `reports` is left alone."""
    emulated = played(sandbox, assemblies, root, "2026-06-10T17:00:00Z")

    assert set(_alarms(emulated, "reports-AlarmHigh")) == {"OK"}
    counts = {
        each["serviceName"]: each["desiredCount"]
        for each in emulated.client("ecs").describe_services(cluster="lighthouse-local", services=["api", "reports"])[
            "services"
        ]
    }
    assert counts == {"api": 12, "reports": 2}


def _alarms(emulated: Emulated, name: str) -> list[str]:
    alarms = emulated.client("cloudwatch").describe_alarms(MaxRecords=100)["MetricAlarms"]
    return [alarm["StateValue"] for alarm in alarms if f"lighthouse-local/{name}" in alarm["AlarmName"]]


def _activities(emulated: Emulated) -> list[dict[str, Any]]:
    client = emulated.client("application-autoscaling")
    found: list[dict[str, Any]] = client.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
    return found


def _requests(emulated: Emulated, start: datetime) -> list[float]:
    """Requests per target in the three minutes before the first activity, as anybody reads them."""
    client = emulated.client("cloudwatch")
    groups = emulated.client("elbv2").describe_target_groups()["TargetGroups"]
    group = next(each for each in groups if "Service-api" in each["TargetGroupName"])
    (balancer,) = emulated.client("elbv2").describe_load_balancers()["LoadBalancers"]
    name = balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]
    dimensions = [
        {"Name": "LoadBalancer", "Value": name},
        {"Name": "TargetGroup", "Value": group["TargetGroupArn"].rpartition(":")[2]},
    ]
    metric = {"Namespace": "AWS/ApplicationELB", "MetricName": "RequestCountPerTarget", "Dimensions": dimensions}
    answer = client.get_metric_data(
        MetricDataQueries=[{"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}],
        StartTime=start,
        EndTime=datetime.fromtimestamp(start.timestamp() + 180, UTC),
    )
    values: list[float] = answer["MetricDataResults"][0]["Values"]
    return values
