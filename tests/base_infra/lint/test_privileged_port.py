"""The rule privileged-port."""

from typing import Any

import pytest

from base_infra.lint.findings import Templates
from base_infra.lint.privileged_port import check


def templates(**container: Any) -> Templates:
    properties = {"ContainerDefinitions": [{"Name": "api", "PortMappings": [{"ContainerPort": 80}], **container}]}
    stack = {"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}}}
    return Templates("prod", {"Service-api": stack})


def test_a_process_that_is_not_root_cannot_listen_on_80() -> None:
    """It starts on a laptop, where Docker allows it, and fails on Fargate."""
    (finding,) = check(templates(User="10001:10001"))

    assert finding.message == "`api` listens on 80 as user 10001:10001"


@pytest.mark.parametrize(
    "container",
    [
        {},
        {"User": "0"},
        {"User": "10001", "SystemControls": [{"Namespace": "net.ipv4.ip_unprivileged_port_start", "Value": "0"}]},
        {"User": "10001", "PortMappings": [{"ContainerPort": 8080}]},
    ],
    ids=["image decides", "root", "sysctl", "high port"],
)
def test_root_the_sysctl_and_high_ports_pass(container: dict[str, Any]) -> None:
    """Whoever may bind the port is left alone."""
    assert list(check(templates(**container))) == []
