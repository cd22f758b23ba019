"""subscription-limit: a log group takes two subscription filters; the third one fails the deploy."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "subscription-limit"
_LIMIT: Final = 2
"""Source: CloudWatch Logs user guide, "Quotas", 2026-11."""


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each filter beyond the second of one log group."""
    seen: Counter[str] = Counter()
    for each in subject.stacks.of_type("AWS::Logs::SubscriptionFilter"):
        group = subject.stacks.identity(each.stack, each.properties.get("LogGroupName"), "LogGroupName")
        seen[group] += 1
        if seen[group] > _LIMIT:
            what = f"is subscription filter {seen[group]} of {group}, which takes {_LIMIT}"
            yield finding(RULE, each, what, "share one stream between the readers")
