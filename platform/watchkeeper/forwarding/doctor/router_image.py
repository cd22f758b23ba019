"""router-image: the log router or the Agent changes by itself, in production first."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "router-image"
_MOVING: Final = frozenset({"", "latest", "stable", "7", "init-latest", "mainline"})


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each router and Agent without a digest whose tag names no version."""
    for container in subject.containers():
        image = subject.text(container.task, container.given.get("Image"))
        tag = image.rpartition("/")[2].partition(":")[2]
        is_ours = container.is_router or "datadog/agent" in image
        if is_ours and "@sha256:" not in image and tag in _MOVING:
            what = f"`{container.name}` runs {image}, which changes by itself"
            yield finding(RULE, container.task, what, "name a version, or a digest", "warning")
