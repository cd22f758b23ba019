"""firelens-retries: a short fault of the intake loses logs, because the router repeats once and drops the chunk."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "firelens-retries"
_ENOUGH: Final = 2
_FOREVER: Final = ("false", "no_limits")
_NEVER: Final = "no_retries"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each output that repeats less than twice, which is the default."""
    for output in subject.outputs():
        given = str(output.options.get("retry_limit", "1")).lower()
        if given in _FOREVER or (given.isdecimal() and int(given) >= _ENOUGH):
            continue
        times = "never" if given in (_NEVER, "0") else "once" if given == "1" else f"`{given}` times"
        what = f"the log of `{output.container.name}` is repeated {times} when Datadog does not take it"
        yield finding(RULE, output.container.task, what, "write Retry_Limit: 5", "warning")
