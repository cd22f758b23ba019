"""Every way to delete or widen one rule of the templates: security-group rules, ACL entries, routes."""

import copy
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.topology.conftest import Stacks

GROUP_RULES = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
INLINE = ("SecurityGroupIngress", "SecurityGroupEgress")
DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Site:
    """Where a rule stands. key, index: of a list within the resource's properties."""

    stack: str
    logical_id: str
    type: str
    key: str = ""
    index: int = 0

    @property
    def name(self) -> str:
        """As reports name it."""
        inline = f" {self.key}[{self.index}]" if self.key in INLINE else ""
        return f"{self.stack}/{self.logical_id}{inline}"

    @property
    def id(self) -> str:
        """Unique within an environment."""
        return f"{self.stack}/{self.logical_id} {self.key}[{self.index}]" if self.key else self.name

    def properties(self, stacks: Stacks) -> dict[str, Any]:
        """The rule's own properties."""
        found: dict[str, Any] = stacks[self.stack]["Resources"][self.logical_id]["Properties"]
        return found[self.key][self.index] if self.key in INLINE else found

    def delete(self, stacks: Stacks) -> None:
        """Take it out of the templates."""
        resources = stacks[self.stack]["Resources"]
        if self.key:
            del resources[self.logical_id]["Properties"][self.key][self.index]
        else:
            del resources[self.logical_id]


def sites(stacks: Mapping[str, Mapping[str, Any]]) -> Iterator[Site]:
    """Every security-group rule, ACL entry and route, and every tie of a gateway endpoint to a route table."""
    for stack, template in stacks.items():
        for logical_id, resource in template["Resources"].items():
            kind, properties = resource["Type"], resource.get("Properties", {})
            if kind in (*GROUP_RULES, "AWS::EC2::NetworkAclEntry", "AWS::EC2::Route"):
                yield Site(stack, logical_id, kind)
            if kind == "AWS::EC2::SecurityGroup":
                for key in INLINE:
                    yield from (Site(stack, logical_id, kind, key, i) for i in range(len(properties.get(key, []))))
            if kind == "AWS::EC2::VPCEndpoint":
                tables = properties.get("RouteTableIds", [])
                yield from (Site(stack, logical_id, kind, "RouteTableIds", i) for i in range(len(tables)))


def changes(stacks: Mapping[str, Mapping[str, Any]], site: Site) -> list[str]:
    """What can be done to a rule: it can be deleted, and widened in as many ways as it has ends."""
    return [change for change in (DELETED, *WIDENINGS) if changed(stacks, site, change) is not None]


def changed(stacks: Mapping[str, Mapping[str, Any]], site: Site, change: str) -> Stacks | None:
    """The templates with one rule deleted or a little wider; None where the rule has no such end."""
    found = _copy(stacks, site)
    if change == DELETED:
        site.delete(found)
        return found
    return found if WIDENINGS[change](site.properties(found)) else None


def _copy(stacks: Mapping[str, Mapping[str, Any]], site: Site) -> Stacks:
    """The templates with a copy of the one resource that is to change."""
    template = stacks[site.stack]
    resources = dict(template["Resources"])
    resources[site.logical_id] = copy.deepcopy(resources[site.logical_id])
    return {**{name: dict(each) for name, each in stacks.items()}, site.stack: {**template, "Resources": resources}}


def _port(properties: dict[str, Any], group_key: str, acl_key: str, step: int) -> bool:
    place, key = (properties["PortRange"], acl_key) if "PortRange" in properties else (properties, group_key)
    if key not in place or not 0 <= place[key] + step <= 65535:
        return False
    place[key] += step
    return True


def _cidr(properties: dict[str, Any]) -> bool:
    for key in ("CidrIp", "CidrBlock", "DestinationCidrBlock"):
        if key in properties:
            network = ipaddress.IPv4Network(properties[key])
            if network.prefixlen:
                properties[key] = str(network.supernet())
                return True
    return False


def _protocol(properties: dict[str, Any]) -> bool:
    for key, everything in (("IpProtocol", "-1"), ("Protocol", -1)):
        if key in properties:
            properties[key] = everything
            return True
    return False


WIDENINGS: Mapping[str, Callable[[dict[str, Any]], bool]] = {
    "first port less one": lambda properties: _port(properties, "FromPort", "From", -1),
    "last port plus one": lambda properties: _port(properties, "ToPort", "To", 1),
    "range by one bit": _cidr,
    "all protocols": _protocol,
}
