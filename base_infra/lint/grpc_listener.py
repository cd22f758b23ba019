"""grpc-listener: a gRPC target group hangs on a listener without TLS, which the load balancer refuses."""

from collections.abc import Iterator
from typing import Any, Final

from base_infra.lint.findings import Finding, Json, Templates

RULE: Final = "grpc-listener"
_PREFIX: Final = "AWS::ElasticLoadBalancingV2"


def check(templates: Templates) -> Iterator[Finding]:
    """A finding for each rule or listener that forwards gRPC over plain HTTP."""
    for layer, name, rule in templates.resources(f"{_PREFIX}::ListenerRule"):
        listener = templates.target(layer, rule.get("ListenerArn"))
        if listener and templates.properties(listener).get("Protocol") != "HTTPS":
            yield from _forwards(templates, layer, name, rule.get("Actions", []))
    for layer, name, listener_properties in templates.resources(f"{_PREFIX}::Listener"):
        if listener_properties.get("Protocol") != "HTTPS":
            yield from _forwards(templates, layer, name, listener_properties.get("DefaultActions", []))


def _forwards(templates: Templates, layer: str, name: str, actions: list[Json]) -> Iterator[Finding]:
    for action in actions:
        groups: list[Any] = [action.get("TargetGroupArn")]
        groups += [each.get("TargetGroupArn") for each in action.get("ForwardConfig", {}).get("TargetGroups", [])]
        for group in groups:
            place = templates.target(layer, group)
            if place and templates.properties(place).get("ProtocolVersion") == "GRPC":
                message = f"{place[1]} speaks gRPC, its listener has no TLS"
                yield templates.finding(RULE, layer, name, message)
