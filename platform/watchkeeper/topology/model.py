"""The network of one environment as frozen values, read from its templates."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from watchkeeper.topology.boxes import Box, Range
from watchkeeper.topology.templates import Reference

Direction = Literal["in", "out"]
Kind = Literal["internet", "load_balancer", "application", "database", "broker", "aws", "other"]
Target = Literal["internet_gateway", "nat", "other"]

TITLES: Final[Mapping[str, str]] = {
    "internet": "internet",
    "load_balancer": "load balancer",
    "application": "application",
    "database": "database",
    "broker": "broker",
    "aws": "AWS endpoints",
    "other": "other",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A security-group rule or an ACL entry.

    name: the resource, and the place within it, such as `dev-Foundation/Database SecurityGroupIngress[0]`.
    packets: what it matches. group: the far side's security group, in place of addresses.
    number: the order among the entries of an ACL; the first match decides.
    """

    name: str
    direction: Direction
    packets: Box
    group: Reference | None = None
    is_allow: bool = True
    number: int = 0


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A stateful filter: a packet passes when any rule matches, its answers always do.

    closing: the name of the rule that matches nothing and only keeps EC2 from adding "everything out".
    """

    ref: Reference
    rules: tuple[Rule, ...]
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Acl:
    """A stateless filter of a subnet: the first entry that matches decides, and none means no. Entries by number."""

    ref: Reference
    entries: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """Where packets for some addresses go. prefix: length in bits; the longest that matches wins."""

    name: str
    addresses: Range
    prefix: int
    target: Target
    to: Reference | None


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet; table and acl are None where the template ties none, so that the VPC's own apply."""

    ref: Reference
    name: str
    zone: str
    addresses: Range
    table: Reference | None
    acl: Reference | None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A VPC endpoint. service: such as `s3` or `ecr.api`. tables: of a gateway endpoint."""

    ref: Reference
    service: str
    is_gateway: bool
    has_private_dns: bool
    tables: tuple[Reference, ...]

    def in_table(self, table: Reference) -> str:
        """The name of the route that a gateway endpoint makes in a route table."""
        return f"{self.ref} in {table.short}"


@dataclass(frozen=True, slots=True)
class Placement:
    """A network interface of something: what it is, where it stands, and its security groups.

    is_public: it has an address that the internet reaches. service: of an endpoint.
    """

    kind: Kind
    subnet: Reference
    groups: tuple[Reference, ...]
    is_public: bool = False
    service: str = ""


@dataclass(frozen=True, slots=True)
class DatabaseMember:
    """An instance of the database cluster. zone: empty where the template leaves it to AWS."""

    ref: Reference
    zone: str
    promotion_tier: int


@dataclass(frozen=True, slots=True)
class Network:
    """Everything that decides whether a packet arrives.

    addresses: the VPC's. gateways: the internet gateways that are attached. nats: gateway to its subnet.
    listens: the ports on which a kind answers, where the template says it.
    idle: rules and routes for packets that it does not have, with why.
    lost_zone: the availability zone that is gone, with everything in it.
    """

    addresses: Range
    subnets: Mapping[Reference, Subnet]
    routes: Mapping[Reference, tuple[Route, ...]]
    gateways: frozenset[Reference]
    nats: Mapping[Reference, Reference]
    acls: Mapping[Reference, Acl]
    groups: Mapping[Reference, SecurityGroup]
    endpoints: tuple[Endpoint, ...]
    placements: tuple[Placement, ...]
    members: tuple[DatabaseMember, ...]
    listens: Mapping[str, frozenset[int]]
    idle: tuple[tuple[str, str], ...] = ()
    lost_zone: str = ""

    def of_kind(self, kind: str) -> tuple[Placement, ...]:
        """The placements of one kind that are still there."""
        return tuple(
            placement
            for placement in self.placements
            if placement.kind == kind and self.subnets[placement.subnet].zone != self.lost_zone
        )

    def zones(self) -> tuple[str, ...]:
        """The availability zones in which it has subnets."""
        return tuple(sorted({subnet.zone for subnet in self.subnets.values()}))

    def without_zone(self, zone: str) -> "Network":
        """The same network after a zone is gone."""
        return replace(self, lost_zone=zone)
