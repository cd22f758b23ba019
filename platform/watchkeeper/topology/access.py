"""Network ACLs and security groups of the templates, every rule as a box of packets with its name."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from watchkeeper.topology.boxes import (
    ALL_PORTS,
    ALL_PROTOCOLS,
    EVERYTHING,
    PROTOCOL_NUMBERS,
    Box,
    Range,
)
from watchkeeper.topology.model import Acl, Direction, Rule, SecurityGroup
from watchkeeper.topology.ranges import Notes
from watchkeeper.topology.templates import Reference, Resource, Templates, resource_of

_NOTHING: Final = ("icmp", 252, 86, "255.255.255.255/32")
_INLINE: Final[Mapping[Direction, str]] = {"in": "SecurityGroupIngress", "out": "SecurityGroupEgress"}
_PEERS: Final[Mapping[Direction, tuple[str, str]]] = {
    "in": ("SourceSecurityGroupId", "SourcePrefixListId"),
    "out": ("DestinationSecurityGroupId", "DestinationPrefixListId"),
}


def read_acls(templates: Templates, notes: Notes) -> dict[Reference, Acl]:
    """The ACLs with their entries in the order in which they decide."""
    entries: dict[Reference, list[Rule]] = {acl.ref: [] for acl in templates.of_type("AWS::EC2::NetworkAcl")}
    for entry in templates.of_type("AWS::EC2::NetworkAclEntry"):
        properties = entry.properties
        acl = resource_of(properties.get("NetworkAclId"))
        if acl is None or acl not in entries:
            notes.cannot_judge(str(entry.ref), f"the network ACL {acl or properties.get('NetworkAclId')}")
            continue
        if "Ipv6CidrBlock" in properties:
            notes.is_idle(str(entry.ref))
            continue
        packets = _packets(
            str(entry.ref), properties.get("Protocol"), properties.get("CidrBlock"), _acl_ports(properties), notes
        )
        entries[acl].append(
            Rule(
                name=str(entry.ref),
                direction="out" if properties.get("Egress") in (True, "true") else "in",
                packets=packets,
                is_allow=properties.get("RuleAction") == "allow",
                number=int(properties.get("RuleNumber", 0)),
            )
        )
    return {ref: Acl(ref, tuple(sorted(found, key=lambda rule: rule.number))) for ref, found in entries.items()}


def _acl_ports(properties: Mapping[str, Any]) -> Range:
    protocol = str(properties.get("Protocol"))
    if protocol == str(PROTOCOL_NUMBERS["icmp"]):
        kind = int((properties.get("Icmp") or {}).get("Type", -1))
        return ALL_PORTS if kind < 0 else (kind, kind)
    ports = properties.get("PortRange") or {}
    # EC2 ignores the port range of an entry for all protocols.
    return ALL_PORTS if protocol == "-1" or not ports else (int(ports["From"]), int(ports["To"]))


def read_groups(templates: Templates, notes: Notes) -> dict[Reference, SecurityGroup]:
    """The security groups with the rules that stand in them and beside them."""
    rules: dict[Reference, list[Rule]] = {}
    for direction, key in _INLINE.items():
        for resource in templates.of_type(f"AWS::EC2::{key}"):
            group = resource_of(resource.properties.get("GroupId"))
            if group is not None:
                rules.setdefault(group, []).extend(_rules(str(resource.ref), resource.properties, direction, notes))
    found = {}
    for owner in templates.of_type("AWS::EC2::SecurityGroup"):
        own, closing = _inline(owner, notes)
        found[owner.ref] = SecurityGroup(owner.ref, (*own, *rules.get(owner.ref, ())), closing)
    return found


def _inline(group: Resource, notes: Notes) -> tuple[list[Rule], str]:
    own: list[Rule] = []
    closing = ""
    for direction, key in _INLINE.items():
        written = group.properties.get(key) or []
        for index, properties in enumerate(written):
            name = f"{group.ref} {key}[{index}]"
            if direction == "out" and len(written) == 1 and _is_nothing(properties):
                closing = name
            else:
                own += _rules(name, properties, direction, notes)
        if direction == "out" and not written:
            # EC2 gives every group "everything out"; rules within the group replace that, rules beside it may not.
            own.append(Rule(f"{group.ref} (EC2's default: everything out)", "out", EVERYTHING))
    return own, closing


def _is_nothing(properties: Mapping[str, Any]) -> bool:
    shape = tuple(properties.get(key) for key in ("IpProtocol", "FromPort", "ToPort", "CidrIp"))
    return shape == _NOTHING


def _rules(name: str, properties: Mapping[str, Any], direction: Direction, notes: Notes) -> Iterator[Rule]:
    """One rule; one for each range of a prefix list."""
    group_key, prefix_key = _PEERS[direction]
    protocol, ports = properties.get("IpProtocol"), _group_ports(properties)
    if group_key in properties:
        group = resource_of(properties[group_key])
        if group is None:
            notes.cannot_judge(name, f"the security group {properties[group_key]}")
        yield Rule(name, direction, _packets(name, protocol, "0.0.0.0/0", ports, notes), group=group)
    elif prefix_key in properties:
        for cidr in notes.of_list(name, properties[prefix_key]):
            yield Rule(f"{name} for {cidr}", direction, _packets(name, protocol, cidr, ports, notes))
    elif "CidrIp" in properties:
        yield Rule(name, direction, _packets(name, protocol, properties["CidrIp"], ports, notes))
    elif "CidrIpv6" in properties:
        notes.is_idle(name)
    else:
        notes.cannot_judge(name, "a rule without a range and without a group")


def _group_ports(properties: Mapping[str, Any]) -> Range:
    first, last = int(properties.get("FromPort", -1)), int(properties.get("ToPort", -1))
    if str(properties.get("IpProtocol")) in ("icmp", "1"):
        return ALL_PORTS if first < 0 else (first, first)
    # EC2 opens all ports for a rule of all protocols, whichever ports it names.
    return ALL_PORTS if str(properties.get("IpProtocol")) == "-1" or first < 0 else (first, last)


def _packets(name: str, protocol: object, cidr: object, ports: Range, notes: Notes) -> Box:
    text = str(protocol).lower()
    number = PROTOCOL_NUMBERS.get(text, int(text) if text.lstrip("-").isdigit() else None)
    if number is None:
        notes.cannot_judge(name, f"the protocol {protocol}")
        number = -1
    return Box(ALL_PROTOCOLS if number < 0 else (number, number), notes.addresses(name, cidr), ports)
