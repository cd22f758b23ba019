"""unemitted-metric: scaling follows a metric that the service cannot emit, so it would never scale."""

from collections.abc import Iterator
from typing import Any, Final

from base_infra.lint.findings import Finding, Json, Templates

RULE: Final = "unemitted-metric"
_REQUESTS: Final = "ALBRequestCountPerTarget"
_INSIGHTS: Final = "ECS/ContainerInsights"


def check(templates: Templates) -> Iterator[Finding]:
    """A finding for requests of a target group that is not the service's, and for Container Insights that are off."""
    for layer, name, policy in templates.resources("AWS::ApplicationAutoScaling::ScalingPolicy"):
        settings = policy.get("TargetTrackingScalingPolicyConfiguration") or {}
        predefined = settings.get("PredefinedMetricSpecification") or {}
        if predefined.get("PredefinedMetricType") == _REQUESTS:
            counted = _groups_in(predefined.get("ResourceLabel"))
            attached = {group for each in _services(templates, layer) for group in _attached(templates, layer, each)}
            if not counted & attached:
                message = "it counts the requests of a target group that the service is not attached to"
                yield templates.finding(RULE, layer, name, message)
        if _INSIGHTS in _namespaces(settings) and not _has_insights(templates):
            yield templates.finding(RULE, layer, name, f"it follows {_INSIGHTS}, which the cluster has switched off")


def _services(templates: Templates, layer: str) -> list[Json]:
    return [service for other, _, service in templates.resources("AWS::ECS::Service") if other == layer]


def _attached(templates: Templates, layer: str, service: Json) -> set[str]:
    places = [templates.target(layer, each.get("TargetGroupArn")) for each in service.get("LoadBalancers", [])]
    return {place[1] for place in places if place}


def _groups_in(label: Any) -> set[str]:  # noqa: ANN401 - a template's JSON
    """Logical ids of the target groups whose full names a label joins."""
    parts = label.get("Fn::Join", [None, []])[1] if isinstance(label, dict) else []
    names = [part["Fn::GetAtt"] for part in parts if isinstance(part, dict) and "Fn::GetAtt" in part]
    return {name for name, attribute in names if attribute == "TargetGroupFullName"}


def _namespaces(settings: Json) -> set[str]:
    custom = settings.get("CustomizedMetricSpecification") or {}
    queries = [each.get("MetricStat", {}).get("Metric", {}) for each in custom.get("Metrics", [])]
    return {each.get("Namespace", "") for each in (custom, *queries)}


def _has_insights(templates: Templates) -> bool:
    return any(
        setting.get("Name") == "containerInsights" and setting.get("Value") != "disabled"
        for _, _, cluster in templates.resources("AWS::ECS::Cluster")
        for setting in cluster.get("ClusterSettings", [])
    )
