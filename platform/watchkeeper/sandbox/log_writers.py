"""Where AWS's services write their logs, as their own APIs tell it, and what they write there in a minute."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from watchkeeper.sandbox.cloud import Cloud
from watchkeeper.sandbox.log_lines import Line, broker_lines, database_lines, flow_lines

Writing = dict[str, Any]
"""A log stream's lines, as the emulator takes them: group, stream, events."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Names of log groups; empty for what does not exist or writes none. brokers: how many a cluster has, by group."""

    database: str
    instances: tuple[str, ...]
    flow: str
    brokers: Mapping[str, int]


def groups_of(cloud: Cloud) -> Groups:
    """Ask RDS, EC2 and MSK what they export, and CloudWatch Logs which groups are there."""
    pages = cloud.client("logs").get_paginator("describe_log_groups").paginate()
    there = {each["logGroupName"] for page in pages for each in page["logGroups"]}
    clusters = cloud.client("rds").describe_db_clusters()["DBClusters"]
    database, instances = "", ()
    for cluster in clusters:
        name = f"/aws/rds/cluster/{cluster['DBClusterIdentifier']}/postgresql"
        if "postgresql" in (cluster.get("EnabledCloudwatchLogsExports") or []) and name in there:
            database = name
            instances = tuple(sorted(each["DBInstanceIdentifier"] for each in cluster["DBClusterMembers"]))
    flow = next(
        (
            each["LogGroupName"]
            for each in cloud.client("ec2").describe_flow_logs()["FlowLogs"]
            if each.get("LogGroupName") in there
        ),
        "",
    )
    return Groups(database, instances, flow, {name: count for name, count in _brokers(cloud) if name in there})


def _brokers(cloud: Cloud) -> Iterator[tuple[str, int]]:
    for cluster in cloud.client("kafka").list_clusters_v2()["ClusterInfoList"]:
        told = cluster.get("Provisioned") or {}
        logs = ((told.get("LoggingInfo") or {}).get("BrokerLogs") or {}).get("CloudWatchLogs") or {}
        if logs.get("Enabled"):
            yield str(logs.get("LogGroup", "")), int(told.get("NumberOfBrokerNodes", 0))


def written(
    groups: Groups, account: str, slowness: float, at: int, *, is_failing_over: bool = False
) -> Iterator[Writing]:
    """What is written in the minute that begins at `at`. Streams are named as each service names them."""
    if groups.database:
        lines = database_lines(slowness, at, is_failing_over=is_failing_over)
        yield from _writing(groups.database, f"{groups.instances[0]}.0", lines)
    for group, count in groups.brokers.items():
        for broker in range(1, count + 1):
            yield from _writing(group, f"Broker-{broker}", broker_lines(broker, at))
    if groups.flow:
        interface = "eni-0a1b2c3d4e5f60718"
        yield from _writing(groups.flow, f"{interface}-all", flow_lines(account, interface, at))


def _writing(group: str, stream: str, lines: Iterable[Line]) -> Iterator[Writing]:
    events = [{"timestamp": line.at_ms, "message": line.text} for line in lines]
    if events:
        yield {"group": group, "stream": stream, "events": events}
