"""keeps-logs-forever: a log group without retention grows, and costs, for as long as the account exists."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "keeps-logs-forever"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each log group without RetentionInDays."""
    for group in subject.stacks.of_type("AWS::Logs::LogGroup"):
        if not group.properties.get("RetentionInDays"):
            yield finding(RULE, group, "keeps its logs for ever", "add RetentionInDays", "warning")
