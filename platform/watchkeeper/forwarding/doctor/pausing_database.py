"""pausing-database: something keeps a connection open, so a database that may pause never does, or fails its reader."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.forwarding.doctor.stacks import listed, mapped
from watchkeeper.forwarding.doctor.subject import Finding, Subject, finding

RULE: Final = "pausing-database"
_DBM_TAG: Final = "datadoghq.com/dbm"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each cluster of 0 ACU that Database Monitoring or an RDS Proxy holds awake."""
    has_proxy = any(True for _ in subject.stacks.of_type("AWS::RDS::DBProxy"))
    for cluster in subject.stacks.of_type("AWS::RDS::DBCluster"):
        capacity = mapped(cluster.properties.get("ServerlessV2ScalingConfiguration")).get("MinCapacity")
        if capacity is None or str(capacity) not in ("0", "0.0"):
            continue
        tags = {str(tag.get("Key")): str(tag.get("Value")) for tag in listed(cluster.properties.get("Tags"))}
        is_monitored = tags.get(_DBM_TAG, "").lower() == "true"
        if has_proxy or is_monitored:
            who = "an RDS Proxy" if has_proxy else "Database Monitoring"
            what = f"may pause at 0 ACU, but {who} holds connections open"
            yield finding(RULE, cluster, what, "write MinCapacity: 0.5, or leave the other out", "warning")
