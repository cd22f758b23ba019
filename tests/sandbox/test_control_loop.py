"""The control loop against the emulated AWS: alarms by dimension set, datapoints and activities of any year."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import ACCOUNTS, REGION, Emulated
from tests.sandboxes import running_sandbox
from watchkeeper.project.load import load_project
from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.deployed import DeployedService
from watchkeeper.sandbox.process import AwsAccount, Sandbox
from watchkeeper.sandbox.rehearsal import Rehearsal
from watchkeeper.sandbox.scenario import Scenario
from watchkeeper.sandbox.traffic import GeneratedDay

pytestmark = pytest.mark.emulator
MINUTES = 25


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    aws = AwsAccount(ACCOUNTS["local"], REGION, "awsmetrics-intake.datadoghq.eu")
    with running_sandbox(tmp_path, aws=aws, now=0) as running:
        yield running


def played(sandbox: Sandbox, assemblies: Callable[[str], Path], root: Path, start: str) -> Emulated:
    """The service `api` under a load that `reports` does not have, for some minutes from `start`."""
    emulated, cloud = conducted(sandbox, assemblies("local"), assemblies)
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


def conducted(sandbox: Sandbox, out: Path, assemblies: Callable[[str], Path]) -> tuple[Emulated, Cloud]:
    """A deployed environment and the conductor's view of it. out: the folder of its templates."""
    assert sandbox.aws is not None
    emulated = Emulated(sandbox.aws, assemblies)
    emulated.deploy(out=out)
    cloud = Cloud(sandbox.aws, REGION)
    cloud.put_api_key(sandbox.record.keys["datadog_api_key"])
    return emulated, cloud


def quick_assembly(plain: Path, target: Path) -> Path:
    """The same templates, with `api` on the 20-second CPU metric alone, as `high_resolution: on` makes them."""
    out = shutil.copytree(plain, target)
    (file,) = out.glob("*-Service-api*.template.json")
    template = json.loads(file.read_text())
    for name, resource in list(template["Resources"].items()):
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::ECS::Service":
            settings = {"MetricNames": ["CPUUtilization", "MemoryUtilization"], "ResolutionSeconds": 20}
            properties["Monitoring"] = {"MetricConfigurations": [settings]}
        if resource["Type"] == "AWS::ApplicationAutoScaling::ScalingPolicy":
            specification = properties["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]
            if specification["PredefinedMetricType"] == "ALBRequestCountPerTarget":
                del template["Resources"][name]
            specification["PredefinedMetricType"] = "ECSServiceAverageCPUUtilizationHighResolution"
    file.write_text(json.dumps(template))
    return out


def test_a_high_resolution_policy_scales_out_after_three_datapoints_of_20_seconds(
    sandbox: Sandbox, assemblies: Callable[[str], Path], root: Path, tmp_path: Path
) -> None:
    """The load comes with the sixth minute: triggered when it ends, where a 60-second policy needs three of them.

    A scale-in still takes fifteen minutes: 45 datapoints. CloudWatch tells a minute of them as their mean, and the
    metric stream tells Datadog one datapoint a minute.
    """
    out = quick_assembly(assemblies("local"), tmp_path / "quick")
    emulated, cloud = conducted(sandbox, out, assemblies)
    start = "2026-06-10T17:00:00Z"
    shape = GeneratedDay(night_rps=1, peak_rps=2)
    scenario = Scenario(start=start, minutes=30, seed=1, day=shape, shares={"api": 1.0})
    sandbox.clock.now = scenario.start_s
    (service, _) = services = cloud.services()
    assert [each.quick_metrics for each in services] == [{"CPUUtilization", "MemoryUtilization"}, set()]

    rps = [40.0] * 5 + [100.0] * 5 + [10.0] * 20
    rehearsal = Rehearsal(load_project(root).environment("local"), scenario, sandbox, cloud)
    events = rehearsal.play({"api": rps, "reports": [2.0] * 30})

    # 2 tasks of half a vCPU at 10 ms a request: 40 % and 100 %; target 55: ceil(2 x 100 / 55) = 4, then at 50 %.
    # From the eleventh minute on 5 %: ceil(4 x 5 / 55) = 1, which the minimum makes 2.
    scaled = [each for each in events if each.kind == "scaling" and each.service == "api"]
    seen = [((each.at - scenario.start_s) / 60, each.detail["from"], each.detail["to"]) for each in scaled]
    assert seen == [(6, 2, 4), (25, 4, 2)]
    out_points, in_points = (each.detail["datapoints"] for each in scaled)
    assert out_points == [100.0, 100.0, 100.0]
    assert isinstance(in_points, list)
    assert len(in_points) == 45
    dimensions = {"ClusterName": service.cluster, "ServiceName": service.name}
    cpu = _series(emulated, ("AWS/ECS", "CPUUtilization", dimensions), scenario.start_s + 240, 120, (20, 60))
    assert cpu == [[40.0] * 3 + [100.0] * 3, [40.0, 100.0]]
    end = scenario.start_s + 30 * 60
    told = sandbox.datadog.store.series.select("aws.ecs.service.cpuutilization", scenario.start_s, end)
    minutes = range(scenario.start_s, end, 60)
    assert [list(each.timestamps) for each in told if "servicename:api" in each.tags] == [list(minutes)]


def test_a_policy_on_20_second_metrics_is_refused_until_the_service_publishes_them(
    emulated: Emulated, assemblies: Callable[[str], Path], tmp_path: Path
) -> None:
    """The reason for a roll-out in two deployments; the failed deploy names it."""
    out = quick_assembly(assemblies("local"), tmp_path / "quick")
    (file,) = out.glob("*-Service-api*.template.json")
    template = json.loads(file.read_text())
    (service,) = (each for each in template["Resources"].values() if each["Type"] == "AWS::ECS::Service")
    del service["Properties"]["Monitoring"]
    file.write_text(json.dumps(template))
    emulated.deploy(out=out)

    stack = file.name.removesuffix(".template.json")
    events = emulated.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    reasons = [each.get("ResourceStatusReason", "") for each in events if each["ResourceStatus"].endswith("FAILED")]
    assert any("api does not publish CPUUtilization every 20 seconds" in reason for reason in reasons)


def test_only_the_revision_of_a_service_tells_how_often_it_publishes(
    emulated: Emulated, assemblies: Callable[[str], Path], tmp_path: Path
) -> None:
    """The deploy is judged by it."""
    out = emulated.deploy(out=quick_assembly(assemblies("local"), tmp_path / "quick"))

    assert emulated.mismatches(out) == ()
    emulated.emulator.additions(["ecs.DescribeServiceRevisions"])
    (mismatch,) = emulated.mismatches(out)
    assert (mismatch.type, "describe_service_revisions" in mismatch.what) == ("AWS::ECS::Service", True)


def test_a_predictive_policy_starts_tasks_before_the_hour_of_which_the_days_before_tell(
    sandbox: Sandbox, assemblies: Callable[[str], Path], root: Path
) -> None:
    """Yesterday at 18:00 the tasks had 350 percent of one task to do: target 50 wants 7, five minutes before 18:00."""
    emulated, cloud = conducted(sandbox, assemblies("local"), assemblies)
    start = "2026-06-10T17:52:00Z"
    scenario = Scenario(start=start, minutes=5, seed=1, day=GeneratedDay(night_rps=1, peak_rps=2), shares={"api": 1.0})
    sandbox.clock.now = scenario.start_s
    assert sandbox.aws is not None
    service = cloud.services()[0]
    _publish_yesterday(sandbox, service, scenario.start_s)
    for name, mode in (("api", "ForecastAndScale"), ("reports", "ForecastOnly")):
        _put_predictive(emulated, name, mode)

    rehearsal = Rehearsal(load_project(root).environment("local"), scenario, sandbox, cloud)
    events = rehearsal.play({"api": [2.0] * 5, "reports": [2.0] * 5})

    (scaled,) = (each for each in events if each.kind == "scaling")
    assert (scaled.service, scaled.at - scenario.start_s) == ("api", 180)
    assert scaled.detail == {
        "from": 2,
        "to": 7,
        "policy": "forecast",
        "cause": "predictive scaling policy forecast forecast the load of the hour",
    }
    assert _activities(emulated)[0]["Cause"] == scaled.detail["cause"]


def _publish_yesterday(sandbox: Sandbox, service: DeployedService, now: int) -> None:
    """A day and an hour of both services: one task at 20 percent, from 18:00 to 19:00 seven at 50."""
    assert sandbox.aws is not None
    data = []
    for at in range(now - now % 3600 - 25 * 3600, now - now % 3600, 60):
        tasks, percent = (7, 50.0) if at // 3600 % 24 == 18 else (1, 20.0)
        for name in ("api", "reports"):
            dimensions = {"ClusterName": service.cluster, "ServiceName": name}
            known = {"name": "CPUUtilization", "dimensions": dimensions, "at": at, "unit": "Percent"}
            data.append({**known, "count": tasks, "sum": tasks * percent, "min": percent, "max": percent})
    sandbox.aws.publish(now, {"AWS/ECS": data})


def _put_predictive(emulated: Emulated, service: str, mode: str) -> None:
    pair = {"PredefinedMetricType": "ECSServiceCPUUtilization"}
    emulated.client("application-autoscaling").put_scaling_policy(
        PolicyName=f"{service}-forecast",
        PolicyType="PredictiveScaling",
        ServiceNamespace="ecs",
        ResourceId=f"service/lighthouse-local/{service}",
        ScalableDimension="ecs:service:DesiredCount",
        PredictiveScalingPolicyConfiguration={
            "Mode": mode,
            "MetricSpecifications": [{"TargetValue": 50.0, "PredefinedMetricPairSpecification": pair}],
        },
    )


def _series(
    emulated: Emulated, metric: tuple[str, str, dict[str, str]], begin: int, seconds: int, periods: tuple[int, ...]
) -> list[list[float]]:
    """The averages of a metric, by each of the periods."""
    namespace, name, dimensions = metric
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    asked = {"Namespace": namespace, "MetricName": name, "Dimensions": named}
    answer = emulated.client("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {"Id": f"p{period}", "MetricStat": {"Metric": asked, "Period": period, "Stat": "Average"}}
            for period in periods
        ],
        StartTime=datetime.fromtimestamp(begin, UTC),
        EndTime=datetime.fromtimestamp(begin + seconds, UTC),
    )
    return [each["Values"] for each in answer["MetricDataResults"]]


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
