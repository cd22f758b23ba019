"""partition-metrics: MSK publishes every metric for every partition, and CloudWatch charges each of them."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "partition-metrics"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each cluster with monitoring by partition."""
    for cluster in subject.stacks.of_type("AWS::MSK::Cluster"):
        if cluster.properties.get("EnhancedMonitoring") == "PER_TOPIC_PER_PARTITION":
            fix = "write EnhancedMonitoring: PER_BROKER, or PER_TOPIC_PER_BROKER"
            yield finding(RULE, cluster, "publishes metrics for every partition", fix, "warning")
