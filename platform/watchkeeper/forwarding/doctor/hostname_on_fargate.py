"""hostname-on-fargate: DD_HOSTNAME makes every Fargate task a host, which is billed as one."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "hostname-on-fargate"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each container of a Fargate task with the variable. Source: DataDog/integrations-core#18031."""
    for container in subject.containers():
        is_fargate = "FARGATE" in (container.task.properties.get("RequiresCompatibilities") or [])
        if is_fargate and "DD_HOSTNAME" in container.variables:
            what = f"`{container.name}` sets DD_HOSTNAME, so that Datadog bills the task as a host"
            yield finding(RULE, container.task, what, "leave it out: a Fargate task has no host")
