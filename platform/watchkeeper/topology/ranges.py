"""What rules and routes may name instead of an IPv4 range: an IPv6 one, or a prefix list.

A VPC without IPv6 addresses has no packet that an IPv6 rule could match, so that the rule is idle. One that has some is
refused: a judgement of its IPv4 half would be taken for the whole.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from watchkeeper.errors import Problem
from watchkeeper.topology.boxes import ALL_ADDRESSES, Range, address_range
from watchkeeper.topology.templates import Reference, Templates, resource_of

_IPV6: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::EC2::VPCCidrBlock": ("AmazonProvidedIpv6CidrBlock", "Ipv6CidrBlock", "Ipv6IpamPoolId", "Ipv6Pool"),
    "AWS::EC2::Subnet": ("AssignIpv6AddressOnCreation", "Ipv6CidrBlock", "Ipv6IpamPoolId", "Ipv6Native"),
    "AWS::EC2::SubnetCidrBlock": ("Ipv6CidrBlock", "Ipv6IpamPoolId"),
}
"""Properties that give IPv6 addresses."""
_OFF: Final = (None, False, "false")


@dataclass(frozen=True, slots=True)
class Notes:
    """What is noted while templates are read.

    problems: what cannot be judged. idle: rules and routes for packets that the network does not have, with why.
    lists: the IPv4 ranges, as they are written, of the prefix lists that stand in the templates themselves.
    """

    problems: list[Problem] = field(default_factory=list)
    idle: list[tuple[str, str]] = field(default_factory=list)
    lists: dict[Reference, tuple[str, ...]] = field(default_factory=dict)

    def cannot_judge(self, name: str, what: str) -> None:
        """Note that something ends the judgement."""
        fix = "write it with a literal IPv4 range, or a security group of the same templates"
        self.problems.append(Problem(f"{name}: {what} cannot be judged", fix=fix, rule="cannot-judge"))

    def is_idle(self, name: str) -> None:
        """Note a rule or a route of IPv6."""
        self.idle.append((name, "the VPC has no IPv6 addresses, so that it matches no packet"))

    def addresses(self, name: str, cidr: object) -> Range:
        """First and last address of a range; all addresses where it is no literal, which is noted."""
        try:
            return address_range(str(cidr))
        except ValueError:
            self.cannot_judge(name, f"the range {cidr}")
            return ALL_ADDRESSES

    def of_list(self, name: str, value: object) -> tuple[str, ...]:
        """The ranges of a prefix list, none where it stands in no template, which is noted."""
        found = self.lists.get(ref) if (ref := resource_of(value)) is not None else None
        if found is None:
            self.cannot_judge(name, f"the prefix list {value}")
        return found or ()


def read_notes(templates: Templates) -> Notes:
    """Prefix lists, and a problem for each resource that gives addresses beyond the VPC's one IPv4 range."""
    notes = Notes()
    for each in templates.of_type("AWS::EC2::PrefixList"):
        is_ipv4 = each.properties.get("AddressFamily") == "IPv4"
        entries = tuple(str(entry["Cidr"]) for entry in each.properties.get("Entries") or [])
        notes.lists[each.ref] = entries if is_ipv4 else ()
    for name, what in _further_addresses(templates):
        fix = "reach is judged for one IPv4 range: take the other out, or give templates of an environment without it"
        notes.problems.append(Problem(f"{name}: {what} cannot be judged", fix=fix, rule="cannot-judge"))
    return notes


def _further_addresses(templates: Templates) -> Iterator[tuple[str, str]]:
    for kind, keys in _IPV6.items():
        for resource in templates.of_type(kind):
            if any(resource.properties.get(key) not in _OFF for key in keys):
                yield str(resource.ref), "its IPv6 addresses"
            elif kind == "AWS::EC2::VPCCidrBlock":
                yield str(resource.ref), "a second range of the VPC"
