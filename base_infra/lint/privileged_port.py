"""privileged-port: a container that is not root listens below 1024 and is not allowed to."""

from collections.abc import Iterator
from typing import Final

from base_infra.lint.findings import Finding, Json, Templates

RULE: Final = "privileged-port"
_FIRST_FREE: Final = 1024
_SYSCTL: Final = "net.ipv4.ip_unprivileged_port_start"


def check(templates: Templates) -> Iterator[Finding]:
    """A finding for each such port. Fargate sets no such sysctl by itself, unlike Docker on a laptop."""
    for layer, name, task in templates.resources("AWS::ECS::TaskDefinition"):
        for container in task.get("ContainerDefinitions", []):
            for mapping in container.get("PortMappings", []):
                port = int(mapping["ContainerPort"])
                if port < _first_allowed(container):
                    message = f"`{container['Name']}` listens on {port} as user {container['User']}"
                    yield templates.finding(RULE, layer, name, message)


def _first_allowed(container: Json) -> int:
    if str(container.get("User", "0")).partition(":")[0] in ("0", "root"):
        return 0
    for control in container.get("SystemControls", []):
        if control.get("Namespace") == _SYSCTL:
            return int(control["Value"])
    return _FIRST_FREE
