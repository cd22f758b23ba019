"""The rule unemitted-metric."""

from typing import Any

from base_infra.lint.findings import Templates
from base_infra.lint.unemitted_metric import check

LABEL = {"Fn::Join": ["", ["app/", {"Fn::GetAtt": ["Group", "TargetGroupFullName"]}]]}


def templates(settings: dict[str, Any], *, attached: str = "Group", insights: str = "disabled") -> Templates:
    cluster = {"ClusterSettings": [{"Name": "containerInsights", "Value": insights}]}
    service = {
        "Policy": {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {"TargetTrackingScalingPolicyConfiguration": settings},
        },
        "Service": {
            "Type": "AWS::ECS::Service",
            "Properties": {"LoadBalancers": [{"TargetGroupArn": {"Ref": attached}}]},
        },
    }
    foundation = {"Resources": {"Cluster": {"Type": "AWS::ECS::Cluster", "Properties": cluster}}}
    return Templates("prod", {"Foundation": foundation, "Service-api": {"Resources": service}})


REQUESTS = {
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": LABEL}
}
INSIGHTS = {"CustomizedMetricSpecification": {"Namespace": "ECS/ContainerInsights", "MetricName": "CpuUtilized"}}


def test_requests_of_a_foreign_target_group_are_found() -> None:
    """Scaling would follow the load of another service."""
    assert list(check(templates(REQUESTS))) == []
    (finding,) = check(templates(REQUESTS, attached="Other"))
    assert finding.where == "Service-api/Policy"


def test_container_insights_that_are_switched_off_are_found() -> None:
    """The metric exists only where the cluster's setting is on."""
    assert list(check(templates(INSIGHTS, insights="enhanced"))) == []
    (finding,) = check(templates(INSIGHTS))
    assert "switched off" in finding.message
