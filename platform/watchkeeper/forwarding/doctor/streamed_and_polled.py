"""streamed-and-polled: Datadog asks CloudWatch for metrics that a stream brings already, and counts them twice."""

from collections.abc import Iterator

from watchkeeper.errors import Problem
from watchkeeper.forwarding.doctor.subject import Finding, Subject

RULE = "streamed-and-polled"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each streamed namespace that the AWS integration is told to poll besides.

    Datadog stops polling AWS's own namespaces by itself once a stream brings them; one that is named in `polled`, and
    every custom one with `custom_metrics`, it polls on.
    """
    integration = subject.declared.integration
    if integration is None:
        return
    for name in subject.declared.metrics.namespaces:
        if name in integration.polled:
            what, fix = "`integration: polled` names it", "take it out of `polled`"
        elif integration.custom_metrics and not name.startswith("AWS/"):
            what = "`integration: custom_metrics` polls every namespace that is not AWS's"
            fix = "take it out of `metrics: namespaces`, or switch `custom_metrics` off"
        else:
            continue
        found = f"{name} is streamed, and {what}: its values are doubled, and the polling is charged"
        yield Finding(Problem(found, subject.where, fix=fix, rule=RULE, severity="warning"))
