"""Templates to a Network: subnets, routes, ways out, endpoints, and what stands where."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from watchkeeper.errors import ConfigError, UsageError
from watchkeeper.topology.access import read_acls, read_groups
from watchkeeper.topology.model import DatabaseMember, Endpoint, Network, Route, Subnet, Target
from watchkeeper.topology.placements import endpoint_service, read_placements
from watchkeeper.topology.ranges import Notes, read_notes
from watchkeeper.topology.templates import Reference, Resource, Templates, resource_of, resources_of

_TARGETS: Final[Mapping[str, Target]] = {"GatewayId": "internet_gateway", "NatGatewayId": "nat"}
_OTHER_TARGETS: Final = (
    "CarrierGatewayId",
    "CoreNetworkArn",
    "EgressOnlyInternetGatewayId",
    "InstanceId",
    "LocalGatewayId",
    "NetworkInterfaceId",
    "TransitGatewayId",
    "VpcEndpointId",
    "VpcPeeringConnectionId",
)


def read_network(templates: Templates) -> Network:
    """The network that the templates describe.

    Raises UsageError where they hold no VPC, or several; ConfigError with everything that cannot be judged.
    """
    vpcs = list(templates.of_type("AWS::EC2::VPC"))
    if len(vpcs) != 1:
        found = ", ".join(str(vpc.ref) for vpc in vpcs) or "none"
        raise UsageError(f"the templates hold {len(vpcs)} VPCs, not one", f"found: {found}; name the environment")
    notes = read_notes(templates)
    subnets = _subnets(templates, notes)
    groups = read_groups(templates, notes)
    network = Network(
        addresses=notes.addresses(str(vpcs[0].ref), vpcs[0].properties.get("CidrBlock")),
        subnets=subnets,
        routes=_routes(templates, notes),
        gateways=frozenset(_attached(templates)),
        nats={
            nat.ref: subnet
            for nat in templates.of_type("AWS::EC2::NatGateway")
            if (subnet := resource_of(nat.properties.get("SubnetId"))) is not None
        },
        acls=read_acls(templates, notes),
        groups=groups,
        endpoints=tuple(_endpoints(templates)),
        placements=tuple(read_placements(templates, subnets, groups, notes)),
        members=tuple(_members(templates)),
        listens=_listens(templates),
        idle=tuple(notes.idle),
    )
    if notes.problems:
        raise ConfigError(notes.problems)
    return network


def _subnets(templates: Templates, notes: Notes) -> dict[Reference, Subnet]:
    tables = dict(_pairs(templates, "AWS::EC2::SubnetRouteTableAssociation", "RouteTableId"))
    acls = dict(_pairs(templates, "AWS::EC2::SubnetNetworkAclAssociation", "NetworkAclId"))
    return {
        subnet.ref: Subnet(
            ref=subnet.ref,
            name=subnet.ref.short.removeprefix("Network").removesuffix("Subnet"),
            zone=str(subnet.properties.get("AvailabilityZone", "")),
            addresses=notes.addresses(str(subnet.ref), subnet.properties.get("CidrBlock")),
            table=tables.get(subnet.ref),
            acl=acls.get(subnet.ref),
        )
        for subnet in templates.of_type("AWS::EC2::Subnet")
    }


def _pairs(templates: Templates, kind: str, key: str) -> Iterator[tuple[Reference, Reference]]:
    for each in templates.of_type(kind):
        subnet, other = resource_of(each.properties.get("SubnetId")), resource_of(each.properties.get(key))
        if subnet is not None and other is not None:
            yield subnet, other


def _routes(templates: Templates, notes: Notes) -> dict[Reference, tuple[Route, ...]]:
    found: dict[Reference, list[Route]] = {}
    for route in templates.of_type("AWS::EC2::Route"):
        table = resource_of(route.properties.get("RouteTableId"))
        if "DestinationIpv6CidrBlock" in route.properties:
            notes.is_idle(str(route.ref))
        elif table is not None:
            found.setdefault(table, []).extend(_destinations(route, notes))
    return {table: tuple(sorted(routes, key=lambda route: -route.prefix)) for table, routes in found.items()}


def _destinations(route: Resource, notes: Notes) -> Iterator[Route]:
    """One route; one for each range of a prefix list."""
    target, to = _target(route.properties)
    name, prefix_list = str(route.ref), route.properties.get("DestinationPrefixListId")
    if prefix_list is None:
        cidr = str(route.properties.get("DestinationCidrBlock"))
        yield Route(name, notes.addresses(name, cidr), _bits(cidr), target, to)
        return
    for cidr in notes.of_list(name, prefix_list):
        yield Route(f"{name} for {cidr}", notes.addresses(name, cidr), _bits(cidr), target, to)


def _bits(cidr: str) -> int:
    return int(cidr.partition("/")[2] or 32)


def _target(properties: Mapping[str, Any]) -> tuple[Target, Reference | None]:
    for key, target in _TARGETS.items():
        if key in properties:
            return target, resource_of(properties[key])
    for key in _OTHER_TARGETS:
        if key in properties:
            return "other", resource_of(properties[key])
    return "other", None


def _attached(templates: Templates) -> Iterator[Reference]:
    for attachment in templates.of_type("AWS::EC2::VPCGatewayAttachment"):
        gateway = resource_of(attachment.properties.get("InternetGatewayId"))
        if gateway is not None:
            yield gateway


def _endpoints(templates: Templates) -> Iterator[Endpoint]:
    for endpoint in templates.of_type("AWS::EC2::VPCEndpoint"):
        properties = endpoint.properties
        yield Endpoint(
            ref=endpoint.ref,
            service=endpoint_service(properties),
            is_gateway=properties.get("VpcEndpointType", "Gateway") == "Gateway",
            has_private_dns=properties.get("PrivateDnsEnabled") in (True, "true"),
            tables=resources_of(properties.get("RouteTableIds")),
        )


def _members(templates: Templates) -> Iterator[DatabaseMember]:
    for instance in templates.of_type("AWS::RDS::DBInstance"):
        properties = instance.properties
        zone = str(properties.get("AvailabilityZone", ""))
        yield DatabaseMember(instance.ref, zone, int(properties.get("PromotionTier", 1)))


def _listens(templates: Templates) -> dict[str, frozenset[int]]:
    """The ports of listeners, of the containers behind them, and of the database."""
    found: dict[str, set[int]] = {}
    for listener in templates.of_type("AWS::ElasticLoadBalancingV2::Listener"):
        found.setdefault("load_balancer", set()).add(int(listener.properties["Port"]))
    for task in templates.of_type("AWS::ECS::TaskDefinition"):
        for container in task.properties.get("ContainerDefinitions") or []:
            ports = {int(each["ContainerPort"]) for each in container.get("PortMappings") or []}
            found.setdefault("application", set()).update(ports)
    for cluster in templates.of_type("AWS::RDS::DBCluster"):
        if isinstance(port := cluster.properties.get("Port"), int):
            found.setdefault("database", set()).add(port)
    return {kind: frozenset(ports) for kind, ports in found.items()}
