"""firelens-tls: logs and the API key would leave unencrypted, to a port that refuses them."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "firelens-tls"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each output without `TLS on`, which is off by default."""
    for output in subject.outputs():
        if str(output.options.get("tls", "off")).lower() not in ("on", "true"):
            what = f"the log of `{output.container.name}` is sent without TLS"
            yield finding(RULE, output.container.task, what, "write TLS: on")
