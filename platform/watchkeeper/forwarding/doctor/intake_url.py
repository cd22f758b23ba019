"""intake-url: Firehose delivers to another URL than the one of the project's site, which answers 401 or 404."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from watchkeeper.forwarding.doctor.stacks import mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "intake-url"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each stream to Datadog whose URL is none of the site's two intakes."""
    for stream, destination in subject.deliveries():
        url = subject.text(stream, mapped(destination.get("EndpointConfiguration")).get("Url"))
        if url in (subject.site.metrics_intake, subject.site.logs_intake):
            continue
        right = subject.site.logs_intake if ".logs." in url else subject.site.metrics_intake
        shown = f"{urlsplit(url).netloc}{urlsplit(url).path}"  # a query may hold a key
        yield finding(RULE, stream, f"delivers to {shown}, which is no intake of {subject.site.name}", f"write {right}")
