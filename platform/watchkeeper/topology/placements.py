"""What stands where: load balancers, services, databases, brokers and endpoints with their subnets and groups."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from watchkeeper.errors import Problem
from watchkeeper.topology.model import Kind, Placement, SecurityGroup, Subnet
from watchkeeper.topology.ranges import Notes
from watchkeeper.topology.templates import Reference, Resource, Templates, resource_of, resources_of

Found = tuple[tuple[Reference, ...], tuple[Reference, ...], bool]
"""Subnets, security groups, and whether the internet reaches it."""


def read_placements(
    templates: Templates,
    subnets: Mapping[Reference, Subnet],
    groups: Mapping[Reference, SecurityGroup],
    notes: Notes,
) -> Iterator[Placement]:
    """One placement for each kind, subnet and set of groups, each once."""
    seen: set[Placement] = set()
    for resource in templates.of_type(*_READERS):
        kind, read = _READERS[resource.type]
        for in_subnets, in_groups, is_public in read(templates, resource):
            for unknown in (*(set(in_subnets) - set(subnets)), *(set(in_groups) - set(groups))):
                fix = "give all stacks of the environment"
                notes.problems.append(
                    Problem(f"{resource.ref}: {unknown} is in no template", fix=fix, rule="cannot-judge")
                )
            service = endpoint_service(resource.properties) if kind == "aws" else ""
            for subnet in in_subnets:
                placement = Placement(kind, subnet, tuple(sorted(in_groups)), is_public, service)
                if placement not in seen and subnet in subnets:
                    seen.add(placement)
                    yield placement
    for placement in _others(templates, subnets, groups, notes):
        if placement not in seen:
            seen.add(placement)
            yield placement


def _others(
    templates: Templates,
    subnets: Mapping[Reference, Subnet],
    groups: Mapping[Reference, SecurityGroup],
    notes: Notes,
) -> Iterator[Placement]:
    """Whatever else has a security group of the templates, in the subnets that it names or that its subnet group does.

    A cache, a scheduled task or a file system of a type that nobody wrote a reader for still opens connections.
    """
    named = {
        resource.ref: tuple(_references(resource.properties)) for resource in map(templates.resolve, templates.all())
    }
    for resource in templates.all():
        mine = named[resource.ref]
        in_groups = tuple(sorted({ref for ref in mine if ref in groups}))
        if resource.type in _READERS or resource.type in _PLUMBING or not in_groups:
            continue
        near = {ref for ref in mine if ref in subnets}
        in_subnets = near or {ref for other in mine for ref in named.get(other, ()) if ref in subnets}
        if not in_subnets:
            notes.cannot_judge(str(resource.ref), f"where {resource.type} stands, which has {in_groups[0]},")
        yield from (Placement("other", subnet, in_groups) for subnet in sorted(in_subnets))


def _references(value: object) -> Iterator[Reference]:
    """Every resource that a resolved value names, however deep."""
    if isinstance(value, Reference):
        yield value.resource
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def endpoint_service(properties: Mapping[str, Any]) -> str:
    """`s3`, `ecr.api` and so on, from `com.amazonaws.<region>.<service>`."""
    parts = str(properties.get("ServiceName", "")).split(".")
    return ".".join(parts[3:]) if len(parts) > 3 else ".".join(parts)  # noqa: PLR2004 - com, amazonaws, region


def _load_balancer(_templates: Templates, resource: Resource) -> Iterator[Found]:
    properties = resource.properties
    mappings = [mapping.get("SubnetId") for mapping in properties.get("SubnetMappings") or []]
    is_public = properties.get("Scheme", "internet-facing") == "internet-facing"
    subnets = resources_of(properties.get("Subnets") or mappings)
    yield subnets, resources_of(properties.get("SecurityGroups")), is_public


def _ecs_service(_templates: Templates, resource: Resource) -> Iterator[Found]:
    config = (resource.properties.get("NetworkConfiguration") or {}).get("AwsvpcConfiguration") or {}
    is_public = config.get("AssignPublicIp") == "ENABLED"
    yield resources_of(config.get("Subnets")), resources_of(config.get("SecurityGroups")), is_public


def _database_cluster(templates: Templates, resource: Resource) -> Iterator[Found]:
    properties = resource.properties
    subnets = _subnet_group(templates, properties.get("DBSubnetGroupName"))
    is_public = properties.get("PubliclyAccessible") in (True, "true")
    yield subnets, resources_of(properties.get("VpcSecurityGroupIds")), is_public


def _database_instance(templates: Templates, resource: Resource) -> Iterator[Found]:
    """An instance of a cluster stands where the cluster does; only whether it is public is its own."""
    properties = resource.properties
    cluster = resource_of(properties.get("DBClusterIdentifier"))
    is_public = properties.get("PubliclyAccessible") in (True, "true")
    if cluster is None:
        subnets = _subnet_group(templates, properties.get("DBSubnetGroupName"))
        yield subnets, resources_of(properties.get("VPCSecurityGroups")), is_public
    elif is_public:
        for each in templates.of_type("AWS::RDS::DBCluster"):
            if each.ref == cluster:
                subnets = _subnet_group(templates, each.properties.get("DBSubnetGroupName"))
                yield subnets, resources_of(each.properties.get("VpcSecurityGroupIds")), is_public


def _subnet_group(templates: Templates, name: object) -> tuple[Reference, ...]:
    group = resource_of(name)
    for each in templates.of_type("AWS::RDS::DBSubnetGroup"):
        if each.ref == group:
            return resources_of(each.properties.get("SubnetIds"))
    return ()


def _kafka(_templates: Templates, resource: Resource) -> Iterator[Found]:
    info: Mapping[str, Any] = resource.properties.get("BrokerNodeGroupInfo") or {}
    access = ((info.get("ConnectivityInfo") or {}).get("PublicAccess") or {}).get("Type", "DISABLED")
    yield resources_of(info.get("ClientSubnets")), resources_of(info.get("SecurityGroups")), access != "DISABLED"


def _kafka_serverless(_templates: Templates, resource: Resource) -> Iterator[Found]:
    for config in resource.properties.get("VpcConfigs") or []:
        yield resources_of(config.get("SubnetIds")), resources_of(config.get("SecurityGroups")), False


def _endpoint(_templates: Templates, resource: Resource) -> Iterator[Found]:
    properties = resource.properties
    yield resources_of(properties.get("SubnetIds")), resources_of(properties.get("SecurityGroupIds")), False


def _function(_templates: Templates, resource: Resource) -> Iterator[Found]:
    config = resource.properties.get("VpcConfig") or {}
    yield resources_of(config.get("SubnetIds")), resources_of(config.get("SecurityGroupIds")), False


def _instance(_templates: Templates, resource: Resource) -> Iterator[Found]:
    subnet = resource_of(resource.properties.get("SubnetId"))
    if subnet is not None:
        yield (subnet,), resources_of(resource.properties.get("SecurityGroupIds")), False


def _proxy(_templates: Templates, resource: Resource) -> Iterator[Found]:
    properties = resource.properties
    yield resources_of(properties.get("VpcSubnetIds")), resources_of(properties.get("VpcSecurityGroupIds")), False


_READERS: Final[Mapping[str, tuple[Kind, Callable[[Templates, Resource], Iterator[Found]]]]] = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("load_balancer", _load_balancer),
    "AWS::ECS::Service": ("application", _ecs_service),
    "AWS::RDS::DBCluster": ("database", _database_cluster),
    "AWS::RDS::DBInstance": ("database", _database_instance),
    "AWS::MSK::Cluster": ("broker", _kafka),
    "AWS::MSK::ServerlessCluster": ("broker", _kafka_serverless),
    "AWS::EC2::VPCEndpoint": ("aws", _endpoint),
    "AWS::Lambda::Function": ("other", _function),
    "AWS::EC2::Instance": ("other", _instance),
    "AWS::RDS::DBProxy": ("other", _proxy),
}
_PLUMBING: Final = (
    "AWS::EC2::EIP",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::NatGateway",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetNetworkAclAssociation",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCGatewayAttachment",
)
"""The network itself: types that have no security group, even where they name one."""
