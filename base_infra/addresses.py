"""How an environment's address range is divided. Pure.

Sixteen equal blocks; each tier owns four neighbours, so that one range names the tier in an ACL entry, and another
zone or another tier still fits: public 0 to 3, application 4 to 7, data 8 to 11.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DATA_ZONES: Final = 3


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: the range that holds it, and its subnets as (zone, CIDR)."""

    cidr: str
    subnets: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Addresses:
    """The three tiers of a VPC."""

    public: Tier
    application: Tier
    data: Tier

    def filled(self, cidr: str) -> tuple[str, ...]:
        """The fewest ranges that the subnets of the tier of that range fill; any other range as it is."""
        for tier in (self.public, self.application, self.data):
            if tier.cidr == cidr:
                blocks = (ipaddress.IPv4Network(block) for _, block in tier.subnets)
                return tuple(str(network) for network in ipaddress.collapse_addresses(blocks))
        return (cidr,)


def divide(cidr: str, zones: Sequence[str], application_zones: int) -> Addresses:
    """The subnets of a VPC: public and application in the first two or three zones, data in the first three."""
    network = ipaddress.IPv4Network(cidr)
    quarters = list(network.subnets(prefixlen_diff=2))

    def tier(quarter: ipaddress.IPv4Network, count: int) -> Tier:
        blocks = quarter.subnets(prefixlen_diff=2)
        return Tier(str(quarter), tuple((zone, str(block)) for zone, block in zip(zones[:count], blocks, strict=False)))

    return Addresses(
        public=tier(quarters[0], application_zones),
        application=tier(quarters[1], application_zones),
        data=tier(quarters[2], DATA_ZONES),
    )
