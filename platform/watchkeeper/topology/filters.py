"""What a security group or a network ACL lets through, and which of its rules decide. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watchkeeper.topology.boxes import ALL_ADDRESSES, Box, intersect, text_of, without, without_all
from watchkeeper.topology.model import Direction, Network, Placement, Rule
from watchkeeper.topology.path import Check
from watchkeeper.topology.templates import Reference


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether packets pass a filter. needed: the rules without which they would not. reason: why they do not."""

    is_open: bool
    needed: frozenset[str] = frozenset()
    reason: str = ""
    rule: str = ""


def judge(network: Network, check: Check) -> Verdict:
    """Whether all packets of the check pass, and by which rules."""
    if check.kind == "acl":
        if check.at is None:
            return Verdict(is_open=True)
        assert isinstance(check.at, Reference)
        entries = [entry for entry in network.acls[check.at].entries if entry.direction == check.direction]
        return _judge_acl(check, entries)
    assert isinstance(check.at, tuple)
    return _judge_groups(check, matching(network, check.at, check.direction, check.peer))


def _judge_acl(check: Check, entries: Sequence[Rule]) -> Verdict:
    refusal = _refusal(check.packets, entries)
    if refusal is not None:
        rest, rule = refusal
        what = text_of(rest, _word(check.direction))
        if rule is None:
            return Verdict(is_open=False, reason=f"{check.place} lets no {what} {check.direction} (its last rule)")
        reason = f"{check.place} refuses {what} by rule {rule.number}"
        return Verdict(is_open=False, reason=reason, rule=rule.name)
    needed = frozenset(
        entry.name
        for entry in entries
        if entry.is_allow
        and intersect(entry.packets, check.packets)
        and _refusal(check.packets, [other for other in entries if other is not entry]) is not None
    )
    return Verdict(is_open=True, needed=needed)


def _refusal(packets: Box, entries: Iterable[Rule]) -> tuple[list[Box], Rule | None] | None:
    """The packets that are refused, and by which entry (None: by the last rule of every ACL); None if all pass."""
    rest = [packets]
    for entry in entries:
        hit = [common for box in rest if (common := intersect(box, entry.packets))]
        if hit and not entry.is_allow:
            return hit, entry
        if hit:
            rest = without(rest, entry.packets)
        if not rest:
            return None
    return rest, None


def _judge_groups(check: Check, rules: Sequence[Rule]) -> Verdict:
    word = _word(check.direction)
    if not check.at:
        return Verdict(is_open=False, reason=f"{check.place} is not named, and the VPC's default one is closed")
    rest = without_all([check.packets], (rule.packets for rule in rules))
    if rest:
        far = f", {check.peer.kind.replace('_', ' ')}" if check.peer else ""
        reason = f"{check.place} lets no {text_of(rest, word)}{far} {check.direction}"
        return Verdict(is_open=False, reason=reason)
    needed = frozenset(
        rule.name
        for rule in rules
        if without_all([check.packets], (other.packets for other in rules if other is not rule))
    )
    return Verdict(is_open=True, needed=needed)


def matching(network: Network, groups: Iterable[Reference], direction: Direction, peer: Placement | None) -> list[Rule]:
    """The rules of some groups that can match packets of `peer` (None: of the internet)."""
    peers = peer.groups if peer is not None else ()
    return [
        rule
        for group in groups
        for rule in network.groups[group].rules
        if rule.direction == direction and (rule.group is None or rule.group in peers)
    ]


def passing_acl(network: Network, acl: Reference | None, direction: Direction, packets: Box) -> list[Box]:
    """The part of `packets` that an ACL lets through."""
    if acl is None:
        return [packets]
    return allowed(packets, [entry for entry in network.acls[acl].entries if entry.direction == direction])


def allowed(packets: Box, entries: Iterable[Rule]) -> list[Box]:
    """The part of `packets` that entries let through, the first match deciding."""
    rest, passed = [packets], []
    for entry in entries:
        if entry.is_allow:
            passed += [common for box in rest if (common := intersect(box, entry.packets))]
        rest = without(rest, entry.packets)
    return passed


def passing_groups(
    network: Network, groups: Iterable[Reference], direction: Direction, peer: Placement | None, packets: Box
) -> list[Box]:
    """The part of `packets` that some groups let through."""
    rules = matching(network, groups, direction, peer)
    return [common for rule in rules if (common := intersect(rule.packets, packets))]


def flat(boxes: Iterable[Box]) -> list[Box]:
    """The same packets from or to any address."""
    return [box._replace(addresses=ALL_ADDRESSES) for box in boxes]


def _word(direction: Direction) -> str:
    return "from" if direction == "in" else "to"
