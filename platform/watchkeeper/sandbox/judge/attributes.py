"""Attributes of deployed resources (`Fn::GetAtt`), told by their own service; UNKNOWN where it is of no use to ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from watchkeeper.sandbox.judge.about import Clients
from watchkeeper.sandbox.judge.values import UNKNOWN


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stack stands, and the APIs to ask."""

    account: str
    region: str
    client: Clients


_Ask = Callable[[Place, str], Any]


def _allocation(place: Place, address: str) -> str:
    found = place.client("ec2").describe_addresses()["Addresses"]
    return str(next(each["AllocationId"] for each in found if each["PublicIp"] == address))


def _default_group(place: Place, vpc: str) -> str:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    return str(place.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"][0]["GroupId"])


def _web_acl(place: Place, physical_id: str) -> str:
    name, acl_id, scope = physical_id.split("|")
    return str(place.client("wafv2").get_web_acl(Name=name, Id=acl_id, Scope=scope)["WebACL"]["ARN"])


def _full_name(arn: str, kind: str) -> str:
    """As CloudWatch names a load balancer or a target group."""
    return arn.partition(f":{kind}/")[2]


_ASKS: Final[Mapping[tuple[str, str], _Ask]] = {
    ("AWS::IAM::Role", "Arn"): lambda place, name: f"arn:aws:iam::{place.account}:role/{name}",
    ("AWS::ECR::Repository", "Arn"): (
        lambda place, name: f"arn:aws:ecr:{place.region}:{place.account}:repository/{name}"
    ),
    ("AWS::S3::Bucket", "Arn"): lambda _place, name: f"arn:aws:s3:::{name}",
    ("AWS::KinesisFirehose::DeliveryStream", "Arn"): (
        lambda place, name: f"arn:aws:firehose:{place.region}:{place.account}:deliverystream/{name}"
    ),
    ("AWS::EC2::EIP", "AllocationId"): _allocation,
    ("AWS::EC2::VPC", "DefaultSecurityGroup"): _default_group,
    ("AWS::EC2::SecurityGroup", "GroupId"): lambda _place, group: group,
    ("AWS::EC2::NetworkAcl", "Id"): lambda _place, acl: acl,
    ("AWS::KMS::Key", "Arn"): lambda place, key: f"arn:aws:kms:{place.region}:{place.account}:key/{key}",
    ("AWS::ServiceDiscovery::PrivateDnsNamespace", "Id"): lambda _place, namespace: namespace,
    ("AWS::WAFv2::WebACL", "Arn"): _web_acl,
    ("AWS::ECS::Service", "Name"): lambda _place, arn: arn.rpartition("/")[2],
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerFullName"): (
        lambda _place, arn: _full_name(arn, "loadbalancer")
    ),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroupFullName"): (
        lambda _place, arn: f"targetgroup/{_full_name(arn, 'targetgroup')}"
    ),
}


def attribute_of(place: Place, kind: str, physical_id: str, name: str) -> Any:  # noqa: ANN401 - a template's value
    """One attribute; UNKNOWN for those that a comparison does not need, and for what does not exist."""
    ask = _ASKS.get((kind, name))
    if ask is None or not physical_id:
        return UNKNOWN
    try:
        return ask(place, physical_id)
    except (LookupError, StopIteration, place.client("ec2").exceptions.ClientError):
        return UNKNOWN
