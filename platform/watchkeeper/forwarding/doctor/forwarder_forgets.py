"""forwarder-forgets: what Datadog's forwarder could not send is gone with the end of the call."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "forwarder-forgets"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each function that is Datadog's forwarder and stores no failed events."""
    for function in subject.stacks.of_type("AWS::Lambda::Function"):
        variables = mapped(mapped(function.properties.get("Environment")).get("Variables"))
        if not any(str(name).startswith("DD_API_KEY") for name in variables):
            continue
        stores = str(variables.get("DD_STORE_FAILED_EVENTS", "false")).lower() == "true"
        if not (stores and variables.get("DD_S3_BUCKET_NAME")):
            fix = "write DD_STORE_FAILED_EVENTS: true, and DD_S3_BUCKET_NAME"
            yield finding(RULE, function, "keeps nothing of what it could not send", fix, "warning")
