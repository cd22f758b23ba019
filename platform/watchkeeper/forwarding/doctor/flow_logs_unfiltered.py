"""flow-logs-unfiltered: every accepted connection becomes a log line at Datadog, the most expensive of all logs."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "flow-logs-unfiltered"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each flow log of all traffic that is forwarded without a pattern."""
    unfiltered = {
        subject.stacks.identity(each.stack, each.properties.get("LogGroupName"), "LogGroupName")
        for each in subject.stacks.of_type("AWS::Logs::SubscriptionFilter")
        if not each.properties.get("FilterPattern")
    }
    for flow_log in subject.stacks.of_type("AWS::EC2::FlowLog"):
        if flow_log.properties.get("TrafficType") != "ALL":
            continue
        group = subject.stacks.identity(flow_log.stack, flow_log.properties.get("LogGroupName"), "LogGroupName")
        is_direct = flow_log.properties.get("LogDestinationType") == "kinesis-data-firehose"
        if is_direct or group in unfiltered:
            fix = "write TrafficType: REJECT, or give the subscription filter a pattern"
            yield finding(RULE, flow_log, "forwards every connection, accepted ones too", fix, "warning")
