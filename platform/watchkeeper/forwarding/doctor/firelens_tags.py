"""firelens-tags: logs without env, service and team are found by no dashboard, no monitor and no owner."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "firelens-tags"
_NEEDED: Final = ("env", "service", "team")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each output whose dd_tags lack one; dd_service stands for `service`."""
    for output in subject.outputs():
        text = subject.text(output.container.task, output.options.get("dd_tags"))
        given = {tag.partition(":")[0].strip() for tag in text.split(",")}
        given |= {"service"} if output.options.get("dd_service") else set()
        missing = [name for name in _NEEDED if name not in given]
        if missing:
            what = f"the log of `{output.container.name}` lacks {', '.join(missing)}"
            fix = "write dd_tags: env:ENV,service:SERVICE,team:TEAM"
            yield finding(RULE, output.container.task, what, fix, "warning")
