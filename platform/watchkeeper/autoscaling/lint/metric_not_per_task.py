"""metric-not-per-task: a total that more tasks do not lower, so that target tracking runs to the maximum."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.autoscaling.model import CloudWatchMetric
from watchkeeper.errors import Problem

_TOTALS: Final = frozenset(
    (
        ("AWS/ApplicationELB", "RequestCount"),
        ("AWS/ApplicationELB", "ActiveConnectionCount"),
        ("AWS/ApplicationELB", "NewConnectionCount"),
        ("AWS/NetworkELB", "ActiveFlowCount"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible"),
        ("AWS/SQS", "NumberOfMessagesSent"),
        ("AWS/Kinesis", "IncomingRecords"),
        ("AWS/Kafka", "MessagesInPerSec"),
        ("AWS/Kafka", "SumOffsetLag"),
    )
)


def check(subject: Subject) -> Iterator[Problem]:
    """Target tracking on a known total."""
    for policy in subject.config.policies:
        metric = policy.metric
        if isinstance(metric, CloudWatchMetric) and (metric.namespace, metric.name) in _TOTALS:
            what = f"`{policy.id}` tracks {metric.name}, a total that twice the tasks do not halve"
            fix = "divide it by the running tasks with `math:`"
            where = subject.where("policies", policy.id, "cloudwatch")
            yield Problem(what, where, fix=fix, rule="metric-not-per-task", severity="error")
