"""forwarder-limits: Datadog's forwarder runs out of memory or time, and loses the logs of that call."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "forwarder-limits"
_MIB, _SECONDS = 1024, 120
"""Of Datadog's own template, forwarder 5.4.11, read 2026-11."""


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each function that is Datadog's forwarder and has less than Datadog gives it."""
    for function in subject.stacks.of_type("AWS::Lambda::Function"):
        variables = mapped(mapped(function.properties.get("Environment")).get("Variables"))
        if not any(str(name).startswith("DD_API_KEY") for name in variables):
            continue
        memory, timeout = (
            function.properties.get(name, default) for name, default in (("MemorySize", 128), ("Timeout", 3))
        )
        if isinstance(memory, int) and memory < _MIB:
            what = f"forwards logs with {memory} MiB"
            yield finding(RULE, function, what, f"write MemorySize: {_MIB}", "warning")
        if isinstance(timeout, int) and timeout < _SECONDS:
            what = f"forwards logs in at most {timeout} s"
            yield finding(RULE, function, what, f"write Timeout: {_SECONDS}", "warning")
