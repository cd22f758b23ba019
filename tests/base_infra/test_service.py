"""The ECS service and how a new version of it is deployed."""

from pathlib import Path
from typing import Any

import pytest

from tests.base_infra.conftest import Assembly, edited, synthesize
from watchkeeper.errors import ConfigError

SERVICE = "AWS::ECS::Service"


def test_a_failed_deployment_rolls_back_and_never_resets_what_scaling_did(assembly: Assembly) -> None:
    """Circuit breaker and alarms; no desired count, because each deploy would set it again."""
    for service in ("api", "reports"):
        (item,) = assembly.resources(f"prod-Service-{service}", SERVICE).values()
        settings = item["Properties"]["DeploymentConfiguration"]
        assert settings["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
        assert (settings["Alarms"]["Enable"], settings["Alarms"]["Rollback"]) == (True, True)
        assert "DesiredCount" not in item["Properties"]
        assert any(name.startswith("HttpRule") for name in item["DependsOn"])


def test_errors_and_slow_responses_of_the_new_version_end_its_deployment(assembly: Assembly) -> None:
    """Two of three minutes; the ratio counts from twenty requests a minute on."""
    alarms = [item["Properties"] for item in assembly.resources("prod-Service-api", "AWS::CloudWatch::Alarm").values()]
    named = {
        ref["Ref"]
        for ref in assembly.one("prod-Service-api", SERVICE)["DeploymentConfiguration"]["Alarms"]["AlarmNames"]
    }

    assert named == set(assembly.resources("prod-Service-api", "AWS::CloudWatch::Alarm"))
    assert sorted(alarm["Threshold"] for alarm in alarms) == [0.05, 1]
    for alarm in alarms:
        assert (alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (3, 2)
        assert alarm["TreatMissingData"] == "notBreaching"
    ratio = next(query["Expression"] for alarm in alarms for query in alarm["Metrics"] if query["Id"] == "ratio")
    assert ">= 20" in ratio


def test_tasks_are_spread_over_the_zones_again_after_one_was_lost(assembly: Assembly) -> None:
    """ECS moves them back by itself."""
    assert assembly.one("prod-Service-api", SERVICE)["AvailabilityZoneRebalancing"] == "ENABLED"


def test_a_share_of_the_tasks_runs_on_spot_where_the_profile_says_so(assembly: Assembly) -> None:
    """All of them in dev, none in prod."""

    def providers(env: str) -> list[Any]:
        return assembly.one(f"{env}-Service-api", SERVICE)["CapacityProviderStrategy"]  # type: ignore[no-any-return]

    assert providers("prod") == [{"Base": 0, "CapacityProvider": "FARGATE", "Weight": 100}]
    assert [each["Weight"] for each in providers("dev")] == [0, 100]


def test_an_internal_port_is_found_by_name(assembly: Assembly) -> None:
    """`grpc: internal` registers the tasks as <service>.<env>.<project>.internal."""
    assert (
        assembly.one("dev-Foundation", "AWS::ServiceDiscovery::PrivateDnsNamespace")["Name"]
        == "dev.lighthouse.internal"
    )
    assert assembly.one("dev-Service-api", "AWS::ServiceDiscovery::Service")["Name"] == "api"
    assert "ServiceRegistries" in assembly.one("dev-Service-api", SERVICE)
    assert not assembly.resources("prod-Service-api", "AWS::ServiceDiscovery::Service")


GRADUAL = "every_service: {grpc: internal, deployment: {strategy: %s, percent: 20, bake_minutes: 7}}"


def gradual(declared: str, strategy: str) -> str:
    return edited(declared, "every_service: {grpc: internal}", GRADUAL % strategy)


def test_a_gradual_deployment_is_refused_where_scaling_counts_requests_per_target(
    declared: str, tmp_path: Path
) -> None:
    """The requests move to another target group, and scaling would see none; the service's place is named."""
    with pytest.raises(ConfigError) as caught:
        synthesize(gradual(declared, "canary"), "local", tmp_path)

    assert {problem.rule for problem in caught.value.problems} == {"gradual-request-count"}
    assert all(problem.where and problem.fix for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("strategy", "key", "settings"),
    [
        ("canary", "CanaryConfiguration", {"CanaryPercent": 20, "CanaryBakeTimeInMinutes": 7}),
        ("linear", "LinearConfiguration", {"StepPercent": 20, "StepBakeTimeInMinutes": 7}),
    ],
)
def test_requests_move_gradually_between_two_target_groups(
    declared: str, tmp_path: Path, strategy: str, key: str, settings: dict[str, int]
) -> None:
    """ECS gets both groups, the rule whose weights it shifts, and a role for it; alarms guard, the breaker cannot."""
    (tmp_path / "autoscaling").mkdir()
    for name in ("api", "reports"):
        policy = "{id: cpu, metric: ECSServiceAverageCPUUtilization, target: 50}"
        text = f"service: {name}\nmin: 2\nmax: 4\npolicies: [{policy}]\n"
        (tmp_path / "autoscaling" / f"{name}.yaml").write_text(text)
    made = synthesize(gradual(declared, strategy), "local", tmp_path / "out", root=tmp_path)

    service = made.one("local-Service-api", SERVICE)
    configuration = service["DeploymentConfiguration"]
    assert (configuration["Strategy"], configuration[key]) == (strategy.upper(), settings)
    assert "DeploymentCircuitBreaker" not in configuration
    (attached,) = service["LoadBalancers"]
    assert set(attached["AdvancedConfiguration"]) == {"AlternateTargetGroupArn", "ProductionListenerRule", "RoleArn"}
    (rule,) = made.resources("local-Service-api", "AWS::ElasticLoadBalancingV2::ListenerRule").values()
    weights = [each["Weight"] for each in rule["Properties"]["Actions"][0]["ForwardConfig"]["TargetGroups"]]
    assert weights == [100, 0]
