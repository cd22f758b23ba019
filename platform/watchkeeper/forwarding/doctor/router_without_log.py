"""router-without-log: when the way to Datadog is broken, nothing tells why."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "router-without-log"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each router without a log of its own, or with one that goes through itself."""
    for container in subject.containers():
        driver = mapped(container.given.get("LogConfiguration")).get("LogDriver")
        if container.is_router and driver in (None, "awsfirelens"):
            what = f"the log router `{container.name}` has no log outside of itself"
            fix = "give it a small CloudWatch log group with the driver awslogs"
            yield finding(RULE, container.task, what, fix, "warning")
