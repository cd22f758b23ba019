"""delivery-tags: logs that Firehose brings without env, service, source and team are found by nobody who looks."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import listed, mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "delivery-tags"
_NEEDED: Final = ("env", "service", "source", "team")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each delivery stream of logs whose common attributes lack one."""
    for stream, destination in subject.deliveries():
        url = subject.text(stream, mapped(destination.get("EndpointConfiguration")).get("Url"))
        if ".logs." not in url:
            continue
        request = mapped(destination.get("RequestConfiguration"))
        given = {str(each.get("AttributeName")) for each in listed(request.get("CommonAttributes"))}
        missing = [name for name in _NEEDED if name not in given]
        if missing:
            fix = "add them as CommonAttributes of the RequestConfiguration"
            yield finding(RULE, stream, f"sends logs without {', '.join(missing)}", fix, "warning")
