"""canary-not-streamed: nothing can prove that the pipe works, because the canary's namespace is not streamed."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.errors import Problem
from watchkeeper.forwarding.doctor.subject import Finding, Subject
from watchkeeper.forwarding.model import CANARY_NAMESPACE

RULE: Final = "canary-not-streamed"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding when the file leaves the namespace out."""
    if CANARY_NAMESPACE not in subject.declared.metrics.namespaces:
        what = f"`{CANARY_NAMESPACE}` is not streamed, so `watchkeeper forwarding canary` can prove nothing"
        fix = f"add `{CANARY_NAMESPACE}: {{}}` under `metrics: namespaces:`"
        yield Finding(Problem(what, subject.where, fix=fix, rule=RULE, severity="info"))
