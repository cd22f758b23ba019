"""essential-router: a crash of the log router ends every task of the service."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "essential-router"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each router that is essential; a container is, unless it says otherwise."""
    for container in subject.containers():
        if container.is_router and str(container.given.get("Essential", True)).lower() != "false":
            what = f"the end of the log router `{container.name}` ends the task"
            yield finding(RULE, container.task, what, "write Essential: false")
