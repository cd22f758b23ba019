"""self-subscription: Firehose's own errors go through the Firehose that fails, each error making the next one."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import Json, Resource, mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "self-subscription"
_STREAM: Final = "AWS::KinesisFirehose::DeliveryStream"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each filter from a stream's error group to that stream, and for an account policy with no fence."""
    streams = {stream.name: stream for stream in subject.stacks.of_type(_STREAM)}
    for each in subject.stacks.of_type("AWS::Logs::SubscriptionFilter"):
        target = subject.stacks.target(each.stack, each.properties.get("DestinationArn"))
        stream = streams.get(target.name) if target else None
        group = subject.stacks.identity(each.stack, each.properties.get("LogGroupName"), "LogGroupName")
        if stream is not None and group in _error_groups(subject, stream):
            what = f"sends the errors of {stream.name} through {stream.name}"
            yield finding(RULE, each, what, "remove the filter; read the errors in CloudWatch")
    for policy in subject.stacks.of_type("AWS::Logs::AccountPolicy"):
        is_subscription = policy.properties.get("PolicyType") == "SUBSCRIPTION_FILTER_POLICY"
        if is_subscription and "NOT IN" not in subject.text(policy, policy.properties.get("SelectionCriteria")):
            fix = 'add SelectionCriteria: LogGroupName NOT IN ["the error group of the stream"]'
            yield finding(RULE, policy, "takes every log group, that of Firehose's own errors too", fix)


def _error_groups(subject: Subject, stream: Resource) -> set[str]:
    found = set()
    for name, destination in stream.properties.items():
        if name.endswith("DestinationConfiguration"):
            options: Json = mapped(mapped(destination).get("CloudWatchLoggingOptions"))
            found.add(subject.stacks.identity(stream.stack, options.get("LogGroupName"), "LogGroupName"))
    return found - {""}
