"""Sets of packets as boxes: a range of protocols, of IPv4 addresses and of ports. Pure.

Protocols are IANA's numbers. For ICMP the ports hold the type. All ranges include both ends.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

Range = tuple[int, int]

ALL_PROTOCOLS: Final[Range] = (0, 255)
ALL_ADDRESSES: Final[Range] = (0, 2**32 - 1)
ALL_PORTS: Final[Range] = (0, 65535)
TCP: Final = 6
UDP: Final = 17
ICMP: Final = 1
PROTOCOL_NUMBERS: Final = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": 58}
_PROTOCOL_NAMES: Final = {number: name for name, number in PROTOCOL_NUMBERS.items()}
_SHOWN_RANGES: Final = 3


class Box(NamedTuple):
    """Packets whose protocol, address (of the far side) and destination port lie in three ranges."""

    protocols: Range
    addresses: Range
    ports: Range


EVERYTHING: Final = Box(ALL_PROTOCOLS, ALL_ADDRESSES, ALL_PORTS)


def address_range(cidr: str) -> Range:
    """First and last address of a network. Raises ValueError."""
    network = ipaddress.IPv4Network(cidr, strict=False)
    return int(network.network_address), int(network.broadcast_address)


def intersect(one: Box, other: Box) -> Box | None:
    """The packets that lie in both."""
    # Written out, because every judgement stands on it a thousand times.
    protocols, addresses, ports = one
    others, far, far_ports = other
    if protocols[0] > others[1] or others[0] > protocols[1] or addresses[0] > far[1] or far[0] > addresses[1]:
        return None
    if ports[0] > far_ports[1] or far_ports[0] > ports[1]:
        return None
    return Box(
        (max(protocols[0], others[0]), min(protocols[1], others[1])),
        (max(addresses[0], far[0]), min(addresses[1], far[1])),
        (max(ports[0], far_ports[0]), min(ports[1], far_ports[1])),
    )


def without(boxes: Iterable[Box], cut: Box) -> list[Box]:
    """The packets of `boxes` that are not in `cut`."""
    rest: list[Box] = []
    for box in boxes:
        common = intersect(box, cut)
        if common is None:
            rest.append(box)
            continue
        inner = list(box)
        for axis, (low, high) in enumerate(common):
            first, last = inner[axis]
            if first < low:
                rest.append(_with(inner, axis, (first, low - 1)))
            if high < last:
                rest.append(_with(inner, axis, (high + 1, last)))
            inner[axis] = (low, high)
    return rest


def _with(ranges: Sequence[Range], axis: int, value: Range) -> Box:
    protocols, addresses, ports = (value if index == axis else old for index, old in enumerate(ranges))
    return Box(protocols, addresses, ports)


def without_all(boxes: Iterable[Box], cuts: Iterable[Box]) -> list[Box]:
    """The packets of `boxes` that are in none of `cuts`."""
    rest = list(boxes)
    for cut in cuts:
        if not rest:
            break
        rest = without(rest, cut)
    return rest


def text_of_addresses(addresses: Range) -> str:
    """The range as CIDRs, `anywhere` for all of IPv4."""
    if addresses == ALL_ADDRESSES:
        return "anywhere"
    first, last = (ipaddress.IPv4Address(number) for number in addresses)
    networks = [str(network) for network in ipaddress.summarize_address_range(first, last)]
    shown = ", ".join(networks[:_SHOWN_RANGES])
    return shown if len(networks) <= _SHOWN_RANGES else f"{first} to {last}"


def text_of_ports(box: Box) -> str:
    """Protocol and ports, such as `tcp 1024-65535` or `all protocols`."""
    low, high = box.protocols
    if low != high:
        name = "all protocols" if box.protocols == ALL_PROTOCOLS else f"protocols {low}-{high}"
    else:
        name = _PROTOCOL_NAMES.get(low, f"protocol {low}")
    if box.ports == ALL_PORTS:
        return name
    first, last = box.ports
    return f"{name} {first}" if first == last else f"{name} {first}-{last}"


def text_of(boxes: Sequence[Box], word: str) -> str:
    """Some packets in words; word: `from` or `to`, before the addresses."""
    shown = [f"{text_of_ports(box)} {word} {text_of_addresses(box.addresses)}" for box in boxes[:_SHOWN_RANGES]]
    more = len(boxes) - _SHOWN_RANGES
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")
