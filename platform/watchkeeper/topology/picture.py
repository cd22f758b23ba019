"""What a diagram of an environment shows, read from its templates: tiers, zones, what is in them, who reaches whom."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from watchkeeper.topology.matrix import matrix
from watchkeeper.topology.model import Network, Subnet
from watchkeeper.topology.path import Need
from watchkeeper.topology.placements import endpoint_service
from watchkeeper.topology.templates import Reference, Templates, resource_of, resources_of

Tier = Literal["public", "private", "isolated"]

_Put = Callable[[Sequence[Reference], str, str], None]
_SUBNET_GROUP: Final = "AWS::RDS::DBSubnetGroup"

TIER_TITLES: Final = {
    "public": "public subnets",
    "private": "private subnets, out by NAT",
    "isolated": "isolated subnets, no way out",
}


@dataclass(frozen=True, slots=True)
class Item:
    """Something in a subnet. kind: as in the matrix, or `nat`."""

    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Place:
    """A subnet of a tier."""

    zone: str
    name: str
    cidr: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A tier with its subnets in the order of the zones."""

    tier: Tier
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """Who reaches whom. ports: such as `tcp 443`."""

    client: str
    server: str
    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One environment.

    edges: of the declared flows, as open as they are. pipes: what is streamed where, as (`CloudWatch metrics`, host).
    """

    env: str
    cidr: str
    zones: tuple[str, ...]
    rows: tuple[Row, ...]
    edges: tuple[Edge, ...]
    pipes: tuple[tuple[str, str], ...]


def picture(env: str, templates: Templates, network: Network, needs: Sequence[Need]) -> Picture:
    """The picture of an environment; the same templates, the same picture."""
    items = _items(templates, network)
    cidrs = {each.ref: str(each.properties["CidrBlock"]) for each in templates.of_type("AWS::EC2::Subnet")}
    rows = []
    for tier in TIER_TITLES:
        members = [subnet for subnet in network.subnets.values() if _tier(network, subnet) == tier]
        places = tuple(
            Place(subnet.zone, subnet.name, cidrs[subnet.ref], tuple(items.get(subnet.ref, ())))
            for subnet in sorted(members, key=lambda subnet: (subnet.zone, subnet.name))
        )
        if places:
            rows.append(Row(_as_tier(tier), places))
    declared = {(need.client, need.server) for need in needs}
    cells = [cell for cell in matrix(network, needs) if (cell.client, cell.server) in declared]
    vpc = next(templates.of_type("AWS::EC2::VPC"))
    return Picture(
        env=env,
        cidr=str(vpc.properties["CidrBlock"]),
        zones=network.zones(),
        rows=tuple(rows),
        edges=tuple(Edge(cell.client, cell.server, cell.open) for cell in cells),
        pipes=tuple(_pipes(templates)),
    )


def _as_tier(text: str) -> Tier:
    return "public" if text == "public" else "private" if text == "private" else "isolated"


def _tier(network: Network, subnet: Subnet) -> Tier:
    targets = {route.target for route in network.routes.get(subnet.table, ())} if subnet.table else set()
    if "internet_gateway" in targets:
        return "public"
    return "private" if "nat" in targets else "isolated"


def _items(templates: Templates, network: Network) -> dict[Reference, list[Item]]:
    found: dict[Reference, list[Item]] = {}

    def put(subnets: Sequence[Reference], kind: str, label: str) -> None:
        for subnet in subnets:
            found.setdefault(subnet, []).append(Item(kind, label))

    for balancer in templates.of_type("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        put(resources_of(balancer.properties.get("Subnets")), "load_balancer", "load balancer")
    for subnet in network.nats.values():
        put((subnet,), "nat", "NAT gateway")
    for service in templates.of_type("AWS::ECS::Service"):
        config = (service.properties.get("NetworkConfiguration") or {}).get("AwsvpcConfiguration") or {}
        name = service.properties.get("ServiceName", service.ref.short)
        put(resources_of(config.get("Subnets")), "application", f"service {name}")
    _put_endpoints(templates, put)
    _put_databases(templates, network, put)
    for kafka in templates.of_type("AWS::MSK::Cluster"):
        put(resources_of(kafka.properties["BrokerNodeGroupInfo"]["ClientSubnets"]), "broker", "Kafka broker")
    for kafka in templates.of_type("AWS::MSK::ServerlessCluster"):
        for config in kafka.properties["VpcConfigs"]:
            put(resources_of(config["SubnetIds"]), "broker", "Kafka, serverless")
    return found


def _put_endpoints(templates: Templates, put: _Put) -> None:
    services: dict[tuple[Reference, ...], list[str]] = {}
    for endpoint in templates.of_type("AWS::EC2::VPCEndpoint"):
        subnets = resources_of(endpoint.properties.get("SubnetIds"))
        if subnets:
            services.setdefault(subnets, []).append(endpoint_service(endpoint.properties))
    for subnets, names in services.items():
        put(subnets, "aws", f"endpoints: {', '.join(sorted(names))}")


def _put_databases(templates: Templates, network: Network, put: _Put) -> None:
    """Instances stand in the subnet of their zone; what names no zone may stand in any."""
    groups = {group.ref: resources_of(group.properties["SubnetIds"]) for group in templates.of_type(_SUBNET_GROUP)}
    clusters = {
        cluster.ref: groups.get(ref, ()) if (ref := resource_of(cluster.properties.get("DBSubnetGroupName"))) else ()
        for cluster in templates.of_type("AWS::RDS::DBCluster")
    }
    for instance in templates.of_type("AWS::RDS::DBInstance"):
        cluster = resource_of(instance.properties.get("DBClusterIdentifier"))
        zone = instance.properties.get("AvailabilityZone")
        subnets = clusters.get(cluster, ()) if cluster else ()
        put(
            [ref for ref in subnets if zone in (None, network.subnets[ref].zone)],
            "database",
            f"Aurora {instance.ref.short}",
        )


def _pipes(templates: Templates) -> Iterator[tuple[str, str]]:
    """What goes to which host, each once: every source of logs has a delivery stream of its own."""
    yield from dict.fromkeys(_deliveries(templates))


def _deliveries(templates: Templates) -> Iterator[tuple[str, str]]:
    streams = {
        resource_of(each.properties.get("FirehoseArn")) for each in templates.of_type("AWS::CloudWatch::MetricStream")
    }
    for delivery in templates.of_type("AWS::KinesisFirehose::DeliveryStream"):
        destination = delivery.properties.get("HttpEndpointDestinationConfiguration") or {}
        host = urlsplit(str((destination.get("EndpointConfiguration") or {}).get("Url", ""))).hostname
        if host:
            yield ("CloudWatch metrics" if delivery.ref in streams else "logs"), host
