"""Findings that stay, each with its reason. `docs/security.md` is made of this list; a test fails on a stale entry."""

from dataclasses import dataclass
from typing import Final

from watchkeeper.forwarding.permissions import SCOPED


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """rule: as the tool names it. where: a pattern of stack layer and construct, `*` for any part."""

    rule: str
    where: str
    reason: str


_NAG: Final = "AwsSolutions-"
_ZONES: Final = (
    "The zones are declared in watchkeeper.yaml: subnets, writer and readers must keep theirs, and nothing is looked up"
    " in an account while synthesizing."
)

ACKNOWLEDGEMENTS: Final = (
    Acknowledgement(
        f"{_NAG}VPC3",
        "Foundation/Acls/*",
        "A second fence on purpose: each entry is one flow of the application, and the reachability check proves that"
        " none is missing and none is too much.",
    ),
    Acknowledgement(
        f"{_NAG}EC23",
        "Foundation/SecurityGroups/LoadBalancer",
        "The load balancer is the public door; it alone is open to the world, on its listeners' ports.",
    ),
    Acknowledgement(
        f"{_NAG}ECS2",
        "Service-*/Task/Definition/Resource",
        "The variables are names, ports and addresses; every secret comes from Secrets Manager.",
    ),
    Acknowledgement(
        f"{_NAG}ECS4",
        "Foundation/Cluster",
        "Container Insights cost per task; environments whose profile leaves them off rely on the free metrics of ECS"
        " and on the Datadog Agent.",
    ),
    Acknowledgement(
        f"{_NAG}ECS7",
        "Service-*/Task/Definition/Resource",
        "Every container has a log; the rule does not see what is set by property override on the Agent's containers,"
        " a test does.",
    ),
    Acknowledgement(
        f"{_NAG}IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole]",
        "Data/MonitoringRole",
        "AWS's own policy for enhanced monitoring; it allows writing to the log group RDSOSMetrics alone.",
    ),
    Acknowledgement(
        f"{_NAG}IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers]",
        "Service-*/ShiftingRole",
        "AWS's own policy for moving requests between target groups, which AWS extends as ECS needs it.",
    ),
    Acknowledgement(
        f"{_NAG}IAM5[Resource::*]",
        "Service-*/Task/TaskRole",
        "ECS Exec opens channels of Session Manager, which know no resource; only where a profile switches it on.",
    ),
    Acknowledgement(
        f"{_NAG}IAM5[Resource::<MetricsFailedA8686278.Arn>/*]",
        "Forwarding/Metrics/DeliveryRole",
        "Objects of the one bucket that keeps what Datadog did not take; their names are Firehose's.",
    ),
    Acknowledgement(
        f"{_NAG}IAM5[Resource::<LogsFailed0849F2F3.Arn>/*]",
        "Forwarding/Logs/DeliveryRole",
        "Objects of the one bucket that keeps the logs which Datadog did not take; their names are Firehose's.",
    ),
    Acknowledgement(
        f"{_NAG}IAM5[Resource::<ForwarderFailedBB60BCD9.Arn>/*]",
        "Forwarding/Forwarder/Role",
        "Objects of the one bucket that keeps what Datadog's forwarder could not send; their names are its own.",
    ),
    Acknowledgement(
        f"{_NAG}IAM5[Resource::arn:<AWS::Partition>:s3:::<access logs>/AWSLogs/<AWS::AccountId>/*]",
        "Forwarding/Forwarder/Role",
        "Objects of the one bucket of access logs; their names are the load balancer's.",
    ),
    Acknowledgement(
        f"{_NAG}IAM5[Resource::arn:<AWS::Partition>:kafka:<AWS::Region>:<AWS::AccountId>:topic/<cluster>/*]",
        "Service-*/Task/TaskRole",
        "Topics of the environment's own cluster; their names belong to the applications.",
    ),
    Acknowledgement(
        f"{_NAG}IAM5[Resource::arn:<AWS::Partition>:kafka:<AWS::Region>:<AWS::AccountId>:group/<cluster>/*]",
        "Service-*/Task/TaskRole",
        "Consumer groups of the environment's own cluster; their names belong to the applications.",
    ),
    Acknowledgement(
        f"{_NAG}IAM5[Resource::*]",
        "Forwarding/Integration/Role",
        "Datadog's role reads metrics, tags and descriptions of the whole account, which know no resource; it is"
        " assumed with the external id that Datadog issued, and writes nothing.",
    ),
    *(
        Acknowledgement(
            f"{_NAG}IAM5[Action::{action}]",
            "Forwarding/Integration/Role",
            "Reads alone, of the services that this topology has; AWS adds such actions as Datadog needs them.",
        )
        for action in SCOPED
        if "*" in action
    ),
    Acknowledgement(
        f"{_NAG}ELB2",
        "Edge/LoadBalancer",
        "Only where a profile says `edge: {access_logs: false}`; every declared environment keeps them.",
    ),
    Acknowledgement(
        f"{_NAG}VPC7",
        "Foundation/Network/Vpc/Resource",
        "Only where a profile says `network: {flow_logs: none}`; every declared environment has some.",
    ),
    Acknowledgement(
        f"{_NAG}RDS10",
        "Data/Cluster",
        "Environments whose profile says so can be thrown away; production is protected and keeps a final snapshot.",
    ),
    Acknowledgement(
        f"{_NAG}S1",
        "Edge/AccessLogs/Bucket",
        "It holds access logs itself; logging who reads logs would never end.",
    ),
    Acknowledgement(
        f"{_NAG}S1",
        "Forwarding/Logs/Failed",
        "Logs that Datadog did not take, for two weeks; only Firehose writes, CloudTrail can be asked who reads.",
    ),
    Acknowledgement(
        f"{_NAG}S1",
        "Forwarding/Forwarder/Failed",
        "Access logs that Datadog's forwarder could not send, for two weeks; only the forwarder writes and reads.",
    ),
    Acknowledgement(
        f"{_NAG}S1",
        "Forwarding/Metrics/Failed",
        "Metrics that Datadog did not take, for two weeks; only Firehose writes, CloudTrail can be asked who reads.",
    ),
    Acknowledgement(
        f"{_NAG}SMG4",
        "Forwarding/Forwarder/DatadogApiKey",
        "The same key as plain text, as Datadog's forwarder reads it; both are changed by hand, together.",
    ),
    Acknowledgement(
        f"{_NAG}SMG4",
        "Foundation/DatadogApiKey",
        "Datadog issues the key and cannot be asked for a new one by Secrets Manager; it is changed by hand.",
    ),
    Acknowledgement("W3010", "Foundation/*Subnet*", _ZONES),
    Acknowledgement("W3010", "Data/*", _ZONES),
    Acknowledgement(
        "W3005",
        "Foundation/CustomVpcRestrictDefaultSG*",
        "Written by the CDK for the function that closes the default security group; the second order is harmless.",
    ),
)
