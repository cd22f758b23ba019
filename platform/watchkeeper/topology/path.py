"""The way of a flow through the network: every filter that its packets and their answers pass, in order. Pure.

Security groups keep state, so that answers pass them; network ACLs do not, so that answers are checked like any packet.
Traffic between interfaces of one subnet meets no ACL. The load balancer ends a connection and opens another one from
its own addresses; a NAT gateway keeps the far address towards the client and shows its own to the far side.
Requests to the VPC's name server meet neither ACLs nor groups. Source: Amazon VPC user guide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from watchkeeper.project.flows import EPHEMERAL
from watchkeeper.topology.boxes import ALL_ADDRESSES, ALL_PORTS, ALL_PROTOCOLS, Box, Range, without_all
from watchkeeper.topology.model import Direction, Endpoint, Network, Placement, Route, Subnet
from watchkeeper.topology.templates import Reference

_PRIVATE: Final = ((0x0A000000, 0x0AFFFFFF), (0xAC100000, 0xAC1FFFFF), (0xC0A80000, 0xC0A8FFFF))
"""10/8, 172.16/12 and 192.168/16: no address of the internet."""


@dataclass(frozen=True, slots=True)
class Need:
    """One flow with its ports as numbers. first and last of client_ports."""

    id: str
    client: str
    server: str
    protocol: int
    ports: tuple[int, ...]
    client_ports: Range = EPHEMERAL
    services: tuple[str, ...] = ()
    is_optional: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A filter that packets of a flow must pass.

    at: the subnet's ACL (None: the VPC's own, which lets everything through), or the security groups of an interface.
    packets: protocol, addresses of the far side, destination ports. peer: the far side, where it is in the VPC.
    """

    kind: Literal["acl", "groups"]
    at: Reference | tuple[Reference, ...] | None
    direction: Direction
    packets: Box
    peer: Placement | None
    place: str


@dataclass(frozen=True, slots=True)
class Path:
    """What a flow passes between two places. obstacle: why there is no way at all; lost_nat: the one that is gone."""

    client: str
    server: str
    checks: tuple[Check, ...] = ()
    routes: tuple[str, ...] = ()
    obstacle: str = ""
    is_zone_lost: bool = False


def paths(network: Network, need: Need) -> Iterator[Path]:
    """Every way that the flow takes: from each place of the client to each place of the server."""
    if need.client == "internet":
        for server in network.of_kind(need.server):
            yield _from_internet(network, need, server)
        return
    for client in network.of_kind(need.client):
        if need.server == "internet":
            yield _to_internet(network, need, client)
        elif need.server == "aws":
            yield from _to_aws(network, need, client)
        else:
            for server in network.of_kind(need.server):
                if server.kind == client.kind == "application" or server != client:
                    yield inside(network, need, client, server)


class _Walk:
    """Collects the checks of one path."""

    def __init__(self, network: Network, need: Need) -> None:
        self.network = network
        self.need = need
        self.checks: list[Check] = []

    def groups(self, at: Placement, direction: Direction, addresses: Range, peer: Placement | None) -> None:
        place = f"the {_title(at)}'s security group"
        for packets in self._to_server(addresses):
            self.checks.append(Check("groups", at.groups, direction, packets, peer, place))

    def acl(self, subnet: Subnet, direction: Direction, addresses: Range) -> None:
        """On the way to the server."""
        for packets in self._to_server(addresses):
            self._acl(subnet, direction, packets)

    def answer(self, subnet: Subnet, direction: Direction, addresses: Range, ports: Range) -> None:
        """On the way back."""
        self._acl(subnet, direction, Box((self.need.protocol,) * 2, addresses, ports))

    def _acl(self, subnet: Subnet, direction: Direction, packets: Box) -> None:
        self.checks.append(Check("acl", subnet.acl, direction, packets, None, f"the ACL of {subnet.name}"))

    def _to_server(self, addresses: Range) -> Iterator[Box]:
        for port in self.need.ports:
            yield Box((self.need.protocol,) * 2, addresses, (port, port))


def inside(network: Network, need: Need, client: Placement, server: Placement) -> Path:
    """Between two interfaces of the VPC, by the local route that every table has."""
    here, there = network.subnets[client.subnet], network.subnets[server.subnet]
    names = (f"{_title(client)} in {here.name}", f"{_title(server)} in {there.name}")
    for subnet, far in ((here, there), (there, here)):
        for route in _routes(network, subnet):
            is_inside = network.addresses[0] <= route.addresses[0] and route.addresses[1] <= network.addresses[1]
            if is_inside and _overlap(route.addresses, far.addresses):
                return Path(*names, obstacle=f"route {route.name} leads packets for {far.name} elsewhere")
    walk = _Walk(network, need)
    walk.groups(client, "out", there.addresses, server)
    if here.ref != there.ref:
        walk.acl(here, "out", there.addresses)
        walk.acl(there, "in", here.addresses)
    walk.groups(server, "in", here.addresses, client)
    if here.ref != there.ref:
        walk.answer(there, "out", here.addresses, need.client_ports)
        walk.answer(here, "in", there.addresses, need.client_ports)
    return Path(*names, tuple(walk.checks))


def _from_internet(network: Network, need: Need, server: Placement) -> Path:
    subnet = network.subnets[server.subnet]
    names = ("internet", f"{_title(server)} in {subnet.name}")
    if not server.is_public:
        return Path(*names, obstacle=f"the {_title(server)} has no address that the internet reaches")
    routes, obstacle = _way_out(network, subnet)
    if obstacle or any(route.target != "internet_gateway" for route in routes):
        why = obstacle or f"route {routes[0].name} does not lead to the internet gateway"
        return Path(*names, routes=_names(routes), obstacle=why)
    walk = _Walk(network, need)
    walk.acl(subnet, "in", ALL_ADDRESSES)
    walk.groups(server, "in", ALL_ADDRESSES, None)
    walk.answer(subnet, "out", ALL_ADDRESSES, need.client_ports)
    return Path(*names, tuple(walk.checks), _names(routes))


def _to_internet(network: Network, need: Need, client: Placement) -> Path:
    here = network.subnets[client.subnet]
    names = (f"{_title(client)} in {here.name}", "internet")
    routes, obstacle = _way_out(network, here)
    if obstacle:
        return Path(*names, routes=_names(routes), obstacle=obstacle)
    walk = _Walk(network, need)
    walk.groups(client, "out", ALL_ADDRESSES, None)
    walk.acl(here, "out", ALL_ADDRESSES)
    used = list(routes)
    for route in routes:
        if route.target == "internet_gateway":
            if not client.is_public:
                why = (
                    f"route {route.name} leads to the internet gateway, and the {_title(client)} has no public address"
                )
                return Path(*names, routes=_names(used), obstacle=why)
            continue
        beyond, why, is_zone_lost = _through_nat(network, walk, here, route)
        used += beyond
        if why:
            return Path(*names, routes=_names(used), obstacle=why, is_zone_lost=is_zone_lost)
    walk.answer(here, "in", ALL_ADDRESSES, need.client_ports)
    return Path(*names, tuple(walk.checks), _names(used))


def _through_nat(network: Network, walk: _Walk, here: Subnet, route: Route) -> tuple[tuple[Route, ...], str, bool]:
    """Adds the checks of the gateway's subnet; gives the routes beyond it, or why there is no way."""
    home = network.nats.get(route.to) if route.target == "nat" and route.to is not None else None
    if home is None:
        return (), f"route {route.name} leads to no NAT gateway of these templates", False
    there = network.subnets[home]
    assert route.to is not None
    if there.zone == network.lost_zone:
        return (), f"route {route.name} leads to {route.to.short} in {there.zone}, which is gone", True
    beyond, obstacle = _way_out(network, there)
    if obstacle or any(each.target != "internet_gateway" for each in beyond):
        return beyond, obstacle or f"the subnet of {route.to.short} has no route to the internet gateway", False
    if here.ref != there.ref:
        walk.acl(there, "in", here.addresses)
    walk.acl(there, "out", ALL_ADDRESSES)
    # A NAT gateway has no security group; towards the internet it connects from 1024 to 65535.
    walk.answer(there, "in", ALL_ADDRESSES, EPHEMERAL)
    if here.ref != there.ref:
        walk.answer(there, "out", here.addresses, walk.need.client_ports)
    return beyond, "", False


def _to_aws(network: Network, need: Need, client: Placement) -> Iterator[Path]:
    """By the endpoints that there are; what has none lies behind the internet gateway."""
    wanted = [each for each in network.endpoints if not need.services or each.service in need.services]
    for endpoint in wanted:
        yield from _to_endpoint(network, need, client, endpoint)
    if not need.services or set(need.services) - {endpoint.service for endpoint in wanted}:
        yield _to_internet(network, need, client)


def _to_endpoint(network: Network, need: Need, client: Placement, endpoint: Endpoint) -> Iterator[Path]:
    here = network.subnets[client.subnet]
    names = (f"{_title(client)} in {here.name}", f"{endpoint.service} by {endpoint.ref.short}")
    if not endpoint.is_gateway:
        if not endpoint.has_private_dns:
            yield Path(*names, obstacle=f"{endpoint.ref} has no private DNS, so that the service's name leads past it")
            return
        servers = [each for each in network.of_kind("aws") if each.service == endpoint.service]
        if not servers:
            yield Path(*names, obstacle=f"{endpoint.ref} stands in no subnet that is left")
        for server in servers:
            yield inside(network, need, client, server)
        return
    if here.table is None or here.table not in endpoint.tables:
        table = "no route table" if here.table is None else here.table.short
        yield Path(*names, obstacle=f"{endpoint.ref} is not tied to the route table of {here.name} ({table})")
        return
    # The addresses of a gateway endpoint are those of the service itself, anywhere in AWS's public ranges.
    walk = _Walk(network, need)
    walk.groups(client, "out", ALL_ADDRESSES, None)
    walk.acl(here, "out", ALL_ADDRESSES)
    walk.answer(here, "in", ALL_ADDRESSES, need.client_ports)
    yield Path(*names, tuple(walk.checks), (endpoint.in_table(here.table),))


def _routes(network: Network, subnet: Subnet) -> tuple[Route, ...]:
    return network.routes.get(subnet.table, ()) if subnet.table is not None else ()


def _way_out(network: Network, subnet: Subnet) -> tuple[tuple[Route, ...], str]:
    """The routes of a subnet that carry packets for the internet, the longest prefix first, or why some have none."""
    box = Box(ALL_PROTOCOLS, ALL_ADDRESSES, ALL_PORTS)
    rest, used = [box], []
    for route in _routes(network, subnet):
        if any(low <= route.addresses[0] and route.addresses[1] <= high for low, high in _PRIVATE):
            continue
        smaller = without_all(rest, [box._replace(addresses=route.addresses)])
        if smaller != rest:
            used.append(route)
        rest = smaller
    inside_only = [box._replace(addresses=private) for private in _PRIVATE]
    if without_all(rest, inside_only):
        table = "has no route table of its own" if subnet.table is None else f"({subnet.table}) has no such route"
        return tuple(used), f"{subnet.name} {table} to the internet"
    for route in used:
        if route.target == "internet_gateway" and route.to not in network.gateways:
            return tuple(used), f"route {route.name} leads to an internet gateway that is not attached to the VPC"
        if route.target == "other":
            return tuple(used), f"route {route.name} leads packets for the internet elsewhere"
    return tuple(used), ""


def _names(routes: tuple[Route, ...] | list[Route]) -> tuple[str, ...]:
    return tuple(route.name for route in routes)


def _overlap(one: Range, other: Range) -> bool:
    return max(one[0], other[0]) <= min(one[1], other[1])


def _title(placement: Placement) -> str:
    if placement.kind == "aws":
        return f"{placement.service} endpoint"
    return placement.kind.replace("_", " ")
