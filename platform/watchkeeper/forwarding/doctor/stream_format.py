"""stream-format: Datadog's intake reads OpenTelemetry; a stream in JSON is taken by nobody."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "stream-format"
_READ: Final = ("opentelemetry1.0", "opentelemetry0.7")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each stream to Datadog in another format."""
    delivered = {stream.name for stream, _ in subject.deliveries()}
    for stream in subject.stacks.of_type("AWS::CloudWatch::MetricStream"):
        target = subject.stacks.target(stream.stack, stream.properties.get("FirehoseArn"))
        given = stream.properties.get("OutputFormat")
        if target is not None and target.name in delivered and given not in _READ:
            yield finding(RULE, stream, f"has the format `{given}`", f"write OutputFormat: {_READ[0]}")
