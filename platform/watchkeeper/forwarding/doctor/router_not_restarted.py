"""router-not-restarted: a log router that has ended stays away for the rest of its task's life, and so do the logs."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import is_true, mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "router-not-restarted"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each router that does not end its task and has no restart policy.

    Source: ECS developer guide, "Restart individual containers with container restart policies", read 2026-11.
    """
    for container in subject.containers():
        is_essential = is_true(container.given.get("Essential", True))
        restarts = is_true(mapped(container.given.get("RestartPolicy")).get("Enabled"))
        if container.is_router and not is_essential and not restarts:
            what = (
                f"the log router `{container.name}` is not started again when it ends, and the task logs nothing more"
            )
            yield finding(RULE, container.task, what, "write RestartPolicy: {Enabled: true}", "warning")
