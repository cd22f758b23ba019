"""firelens-host: logs go to another site, which refuses the key; the router drops them after its retries."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "firelens-host"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each output whose host is not the site's. Without one Fluent Bit sends to datadoghq.com."""
    right = subject.site.agent_logs_host
    for output in subject.outputs():
        given = subject.text(output.container.task, output.options.get("host")) or "http-intake.logs.datadoghq.com"
        if given != right:
            what = f"the log of `{output.container.name}` goes to {given}, the project's site is {subject.site.name}"
            yield finding(RULE, output.container.task, what, f"write Host: {right}")
