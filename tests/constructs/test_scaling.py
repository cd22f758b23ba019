"""Scaling as CloudFormation resources."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.constructs.conftest import EVERYTHING, synthesized
from watchkeeper.autoscaling.model import ScalingConfig, TargetTrackingPolicy


def of_kind(template: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"].endswith(kind)]


def policy(template: Mapping[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each for each in of_kind(template, "::ScalingPolicy") if each["PolicyName"] == name]
    return found


def only(metric: str) -> ScalingConfig:
    tracking = TargetTrackingPolicy(id="p", metric=metric, target=50)  # type: ignore[arg-type]
    return ScalingConfig(service="api", min=1, max=4, policies=(tracking,))


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return synthesized(tmp_path_factory.mktemp("synth"), EVERYTHING)


def test_a_high_resolution_metric_is_emitted_by_its_name(everything: dict[str, Any]) -> None:
    """The CDK's own enumeration lacks it; and the service publishes it."""
    settings = policy(everything, "api-cpu")["TargetTrackingScalingPolicyConfiguration"]
    (service,) = of_kind(everything, "AWS::ECS::Service")

    assert settings["PredefinedMetricSpecification"] == {
        "PredefinedMetricType": "ECSServiceAverageCPUUtilizationHighResolution"
    }
    assert service["Monitoring"]["MetricConfigurations"] == [
        {"MetricNames": ["CPUUtilization", "MemoryUtilization"], "ResolutionSeconds": 20}
    ]


def test_a_policy_waits_for_the_service_that_publishes_its_metric(everything: dict[str, Any]) -> None:
    """CloudFormation lets the deployment of the service finish first."""
    policies = [each for each in everything["Resources"].values() if each["Type"].endswith("::ScalingPolicy")]

    assert all("Service" in each["DependsOn"] for each in policies)


def test_metric_math_reaches_the_template(everything: dict[str, Any]) -> None:
    """What the CDK's own method refuses."""
    settings = policy(everything, "api-backlog")["TargetTrackingScalingPolicyConfiguration"]
    part, result = settings["CustomizedMetricSpecification"]["Metrics"]

    assert part["Id"] == "m"
    assert part["ReturnData"] is False
    assert part["MetricStat"]["Metric"]["Dimensions"] == [{"Name": "QueueName", "Value": "1234"}]
    assert (result["Expression"], result["ReturnData"], result["Label"]) == ("m / 2", True, "backlog")


def test_the_alarm_of_a_step_policy_invokes_it(everything: dict[str, Any]) -> None:
    """One alarm of ours; those of target tracking are made by AWS."""
    (alarm,) = of_kind(everything, "::Alarm")
    (arn,) = alarm["AlarmActions"]

    assert everything["Resources"][arn["Ref"]]["Properties"]["PolicyName"] == "api-surge"
    assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"], alarm["TreatMissingData"]) == (3, 2, "notBreaching")


def test_requests_are_counted_at_one_target_group(everything: dict[str, Any]) -> None:
    """Also by the predictive policy."""
    settings = policy(everything, "api-requests")["TargetTrackingScalingPolicyConfiguration"]
    forecast = policy(everything, "api-forecast")["PredictiveScalingPolicyConfiguration"]
    label = "app/lb/1/targetgroup/api/2"
    (pair,) = forecast["MetricSpecifications"]

    assert settings["PredefinedMetricSpecification"]["ResourceLabel"] == label
    assert pair["PredefinedMetricPairSpecification"]["ResourceLabel"] == label


def test_scheduled_actions_carry_their_time_zone(everything: dict[str, Any]) -> None:
    """And their first day."""
    (target,) = of_kind(everything, "::ScalableTarget")
    morning, night = target["ScheduledActions"]

    assert (morning["Timezone"], morning["StartTime"]) == ("Europe/Berlin", "2027-01-01T00:00:00Z")
    assert night["ScalableTargetAction"] == {"MinCapacity": 2}
    assert target["SuspendedState"]["DynamicScalingInSuspended"] is True


@pytest.mark.parametrize(("resolution", "publishes"), [("off", False), ("prepare", True), ("on", True)])
def test_the_service_publishes_every_20_seconds_one_deployment_before_a_policy_reads_it(
    tmp_path: Path, resolution: Any, publishes: bool
) -> None:
    """The two steps of the roll-out."""
    template = synthesized(tmp_path, replace(only("ECSServiceAverageCPUUtilization"), high_resolution=resolution))
    (service,) = of_kind(template, "AWS::ECS::Service")

    assert ("Monitoring" in service) is publishes


def test_a_service_that_sets_its_desired_count_is_refused(tmp_path: Path) -> None:
    """Each deploy would undo what scaling did."""
    with pytest.raises(Exception, match="sets its desired count"):
        synthesized(tmp_path, only("ECSServiceAverageCPUUtilization"), desired_count=3)


@pytest.mark.parametrize(
    ("config", "missing", "message"),
    [
        (only("ALBRequestCountPerTarget"), "target_group", "needs load_balancer and target_group"),
        (replace(only("ECSServiceAverageCPUUtilization"), high_resolution="on"), "service", "needs `service`"),
    ],
    ids=["a target group", "the service"],
)
def test_what_a_policy_needs_is_named(tmp_path: Path, config: ScalingConfig, missing: str, message: str) -> None:
    """Before anything is synthesized."""
    with pytest.raises(Exception, match=message):
        synthesized(tmp_path, config, **{missing: None})
