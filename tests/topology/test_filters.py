"""Security groups and ACLs, checked packet by packet against the plainest reading of their rules."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.topology.test_boxes import BOXES, Packet, holds
from watchkeeper.topology.boxes import Box
from watchkeeper.topology.filters import allowed, judge
from watchkeeper.topology.model import Acl, Network, Placement, Rule, SecurityGroup
from watchkeeper.topology.path import Check
from watchkeeper.topology.templates import Reference

ACL = Reference("stack", "Acl")
GROUP = Reference("stack", "Group")
PEERS = Reference("stack", "Peers")
SUBNET = Reference("stack", "Subnet")

ENTRIES = st.lists(st.tuples(BOXES, st.booleans()), max_size=5).map(
    lambda pairs: tuple(
        Rule(f"entry {number}", "in", packets, is_allow=is_allow, number=number)
        for number, (packets, is_allow) in enumerate(pairs)
    )
)
GROUP_RULES = st.lists(st.tuples(BOXES, st.sampled_from([None, PEERS])), max_size=5).map(
    lambda pairs: tuple(
        Rule(f"rule {number}", "in", packets, group=group) for number, (packets, group) in enumerate(pairs)
    )
)


def network(entries: tuple[Rule, ...] = (), rules: tuple[Rule, ...] = ()) -> Network:
    return Network(
        addresses=(0, 6),
        subnets={},
        routes={},
        gateways=frozenset(),
        nats={},
        acls={ACL: Acl(ACL, entries)},
        groups={GROUP: SecurityGroup(GROUP, rules)},
        endpoints=(),
        placements=(),
        members=(),
        listens={},
    )


def packets_of(box: Box) -> list[Packet]:
    (a, b), (c, d), (e, f) = box
    return [(x, y, z) for x in range(a, b + 1) for y in range(c, d + 1) for z in range(e, f + 1)]


def acl_lets(entries: tuple[Rule, ...], packet: Packet) -> bool:
    return next((entry.is_allow for entry in entries if holds(entry.packets, packet)), False)


def acl_check(box: Box) -> Check:
    return Check("acl", ACL, "in", box, None, "the ACL")


@given(ENTRIES, BOXES)
def test_packets_pass_an_acl_when_for_each_the_first_match_allows(entries: tuple[Rule, ...], box: Box) -> None:
    """Order decides, and no match means no."""
    expected = all(acl_lets(entries, packet) for packet in packets_of(box))

    assert judge(network(entries), acl_check(box)).is_open == expected


@given(ENTRIES, BOXES)
def test_the_needed_entries_of_an_acl_are_those_whose_removal_closes_it(entries: tuple[Rule, ...], box: Box) -> None:
    """No more and no less, for allowing entries."""
    verdict = judge(network(entries), acl_check(box))
    if not verdict.is_open:
        return

    for entry in entries:
        rest = tuple(other for other in entries if other is not entry)
        still_open = all(acl_lets(rest, packet) for packet in packets_of(box))
        if entry.is_allow:
            assert (entry.name in verdict.needed) == (not still_open)


@given(ENTRIES, BOXES)
def test_the_part_that_an_acl_lets_through_is_exact(entries: tuple[Rule, ...], box: Box) -> None:
    """For every packet of the box."""
    passed = allowed(box, entries)

    for packet in packets_of(box):
        assert any(holds(each, packet) for each in passed) == acl_lets(entries, packet)


@given(GROUP_RULES, BOXES, st.booleans())
def test_packets_pass_a_group_when_for_each_any_rule_matches(
    rules: tuple[Rule, ...], box: Box, is_member: bool
) -> None:
    """A rule that names a group matches its members whatever their address, and nobody else."""
    peer = Placement("application", SUBNET, (PEERS,) if is_member else ())
    check = Check("groups", (GROUP,), "in", box, peer, "the group")
    lets = [rule for rule in rules if rule.group is None or is_member]
    expected = all(any(holds(rule.packets, packet) for rule in lets) for packet in packets_of(box))

    verdict = judge(network(rules=rules), check)

    assert verdict.is_open == expected
    for rule in lets if verdict.is_open else ():
        without = replace(network(), groups={GROUP: SecurityGroup(GROUP, tuple(r for r in rules if r is not rule))})
        assert (rule.name in verdict.needed) == (not judge(without, check).is_open)
