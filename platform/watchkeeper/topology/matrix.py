"""Who reaches whom at all, declared or not. Pure.

Only the way to the server is looked at, whichever way answers take: what a packet can enter counts as reached.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from watchkeeper.topology.boxes import ALL_ADDRESSES, EVERYTHING, Box, Range, intersect, text_of_ports, without_all
from watchkeeper.topology.excess import Finding
from watchkeeper.topology.filters import flat, matching, passing_acl, passing_groups
from watchkeeper.topology.model import TITLES, Network, Placement
from watchkeeper.topology.path import Need, paths


@dataclass(frozen=True, slots=True)
class Cell:
    """What is open from one kind to another: protocols and ports, those that no flow declares apart."""

    client: str
    server: str
    open: tuple[str, ...]
    undeclared: tuple[str, ...]
    rules: tuple[str, ...]


def matrix(network: Network, needs: Sequence[Need]) -> list[Cell]:
    """One cell for every pair of kinds between which something is open."""
    kinds = [kind for kind in TITLES if kind == "internet" or network.of_kind(kind)]
    cells = [_cell(network, needs, client, server) for client in kinds for server in kinds]
    return [cell for cell in cells if cell.open]


def undeclared(cells: Sequence[Cell]) -> Iterator[Finding]:
    """A finding for everything that is open though no flow declares it."""
    for cell in cells:
        if cell.undeclared:
            ports = ", ".join(cell.undeclared)
            what = f"{TITLES[cell.client]} reaches {TITLES[cell.server]} on {ports}, and no flow declares that"
            yield Finding("undeclared", " and ".join(cell.rules), what)


def _cell(network: Network, needs: Sequence[Need], client: str, server: str) -> Cell:
    found: list[Box] = []
    rules: set[str] = set()
    declared = list(_declared(needs, client, server))
    for here, there in _pairs(network, client, server):
        boxes = _open(network, here, there)
        found += without_all(boxes, found)
        excess = without_all(boxes, declared)
        if excess:
            rules |= _letting_in(network, here, there, excess)
    rest = without_all(found, declared)
    return Cell(client, server, _texts(found), _texts(rest), tuple(sorted(rules)))


def _pairs(network: Network, client: str, server: str) -> Iterator[tuple[Placement | None, Placement | None]]:
    heres: Sequence[Placement | None] = _places(network, client) if client != "internet" else (None,)
    theres: Sequence[Placement | None] = _places(network, server) if server != "internet" else (None,)
    for here in heres:
        for there in theres:
            if (here is not None or there is not None) and (here != there or client == "application"):
                yield here, there


def _places(network: Network, kind: str) -> list[Placement]:
    """Interfaces that differ for filters: endpoints of several services in one subnet are one."""
    return list({(place.subnet, place.groups, place.is_public): place for place in network.of_kind(kind)}.values())


def _declared(needs: Sequence[Need], client: str, server: str) -> Iterator[Box]:
    """What the internet may enter, everybody may; and what may leave for the internet, may leave for AWS."""
    for need in needs:
        servers = (need.server, "internet") if need.server == "aws" else (need.server,)
        if need.client in (client, "internet") and server in servers:
            yield from (Box((need.protocol,) * 2, ALL_ADDRESSES, (port, port)) for port in need.ports)


def _open(network: Network, here: Placement | None, there: Placement | None) -> list[Box]:
    """Protocols and ports that pass every filter between two places."""
    if here is not None and not matching(network, here.groups, "out", there):
        return []
    if there is not None and not matching(network, there.groups, "in", here):
        return []
    if not _has_way(network, here, there):
        return []
    to, back = _to(_addresses(network, there)), _to(_addresses(network, here))
    boxes = [EVERYTHING]
    if here is not None:
        boxes = _both(boxes, passing_groups(network, here.groups, "out", there, to))
    if there is not None and boxes:
        boxes = _both(boxes, passing_groups(network, there.groups, "in", here, back))
    if here is not None and there is not None and here.subnet == there.subnet:
        return boxes
    if here is not None and boxes:
        boxes = _both(boxes, passing_acl(network, network.subnets[here.subnet].acl, "out", to))
    if there is not None and boxes:
        boxes = _both(boxes, passing_acl(network, network.subnets[there.subnet].acl, "in", back))
    return boxes


def _has_way(network: Network, here: Placement | None, there: Placement | None) -> bool:
    """Whether there is a route; from the internet, whether the server has an address there too."""
    if here is not None and there is not None:
        return True
    kinds = ("internet", there.kind) if there is not None else (here.kind if here else "", "internet")
    place = there or here
    need = Need("", *kinds, protocol=6, ports=())
    only = [path for path in paths(_alone(network, place), need) if not path.obstacle]
    return bool(only)


def _alone(network: Network, place: Placement | None) -> Network:
    return replace(network, placements=(place,) if place is not None else ())


def _letting_in(network: Network, here: Placement | None, there: Placement | None, boxes: Sequence[Box]) -> set[str]:
    """The names of the group rules that open something: the server's, or the client's where there is no server."""
    if there is not None:
        rules = matching(network, there.groups, "in", here)
    else:
        rules = matching(network, here.groups if here is not None else (), "out", None)
    return {rule.name for rule in rules if any(intersect(box, rule.packets) for box in boxes)}


def _addresses(network: Network, place: Placement | None) -> Range:
    return ALL_ADDRESSES if place is None else network.subnets[place.subnet].addresses


def _to(addresses: Range) -> Box:
    return EVERYTHING._replace(addresses=addresses)


def _both(one: Sequence[Box], other: Sequence[Box]) -> list[Box]:
    found: list[Box] = []
    for left in one:
        for right in flat(other):
            common = intersect(left, right)
            if common is not None:
                found += without_all([common], found)
    return found


def _texts(boxes: Sequence[Box]) -> tuple[str, ...]:
    return tuple(text_of_ports(box) for box in sorted(boxes))
