"""Rule duplicate-metric."""

from typing import Any

from tests.autoscaling.lint.conftest import LintTemplate, scaled

CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}
MEMORY = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}}
WAIT = {"CustomizedMetricSpecification": {"Namespace": "App", "MetricName": "Wait", "Statistic": "Average"}}


def two(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two policies of one service."""
    resources = scaled()
    policy = resources.pop("Policy")
    for name, specification in (("First", first), ("Second", second)):
        settings = {"TargetTrackingScalingPolicyConfiguration": {**specification, "TargetValue": 50}}
        resources[name] = {**policy, "Properties": {**policy["Properties"], **settings}}
    return resources


def test_two_policies_on_one_metric_are_found_whatever_its_resolution(lint_json: LintTemplate) -> None:
    """A metric that AWS knows by name, and one of one's own."""
    quick = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilizationHighResolution"}}
    for first, second in ((CPU, CPU), (WAIT, WAIT), (CPU, quick)):
        found = [each for each in lint_json(two(first, second)) if each.rule == "duplicate-metric"]
        assert [each.what for each in found] == [
            "First and Second track the same metric of the same target: AWS refuses one of them"
        ]


def test_other_metrics_and_other_services_are_no_finding(lint_json: LintTemplate) -> None:
    """Silence."""
    assert lint_json(two(CPU, MEMORY)) == []
    other = two(CPU, CPU)
    other["Second"]["Properties"]["ScalingTargetId"] = {"Ref": "Elsewhere"}
    assert lint_json(other) == []
