"""The rule grpc-listener."""

from typing import Any

import pytest

from base_infra.lint.findings import Templates
from base_infra.lint.grpc_listener import check

PREFIX = "AWS::ElasticLoadBalancingV2"
EXPORT = "prod-Edge:Listener"


def templates(protocol: str, version: str, action: dict[str, Any]) -> Templates:
    edge = {
        "Resources": {"Listener": {"Type": f"{PREFIX}::Listener", "Properties": {"Protocol": protocol}}},
        "Outputs": {"Out": {"Value": {"Ref": "Listener"}, "Export": {"Name": EXPORT}}},
    }
    service = {
        "Resources": {
            "Group": {"Type": f"{PREFIX}::TargetGroup", "Properties": {"ProtocolVersion": version}},
            "Rule": {
                "Type": f"{PREFIX}::ListenerRule",
                "Properties": {"ListenerArn": {"Fn::ImportValue": EXPORT}, "Actions": [action]},
            },
        }
    }
    return Templates("prod", {"Edge": edge, "Service-api": service})


FORWARD = {"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}
WEIGHTED = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": {"Ref": "Group"}}]}}


@pytest.mark.parametrize("action", [FORWARD, WEIGHTED], ids=["plain", "weighted"])
def test_grpc_over_plain_http_is_found_across_stacks(action: dict[str, Any]) -> None:
    """The listener is in another stack than the rule; CDK, cfn-lint and the validator do not look there."""
    (finding,) = check(templates("HTTP", "GRPC", action))

    assert (finding.rule, finding.where) == ("grpc-listener", "Service-api/Rule")


@pytest.mark.parametrize(("protocol", "version"), [("HTTPS", "GRPC"), ("HTTP", "HTTP1")])
def test_grpc_over_tls_and_http_over_anything_pass(protocol: str, version: str) -> None:
    """Only the one combination is refused by the load balancer."""
    assert list(check(templates(protocol, version, FORWARD))) == []
