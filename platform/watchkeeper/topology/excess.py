"""Rules that let through more than the needed flows: superfluous ones, and ones that are too wide. Pure.

A rule is superfluous when every needed flow passes without it, and too wide when it matches packets of no needed flow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from watchkeeper.topology.boxes import EVERYTHING, Box, text_of, without_all
from watchkeeper.topology.filters import allowed, flat
from watchkeeper.topology.model import Acl, Network, Placement, Rule, SecurityGroup
from watchkeeper.topology.path import Check, Need, Path, paths
from watchkeeper.topology.templates import Reference

FindingKind = Literal["blocked", "superfluous", "too-wide", "undeclared"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that is not as the declared flows want it. rule: the one at fault, flow: the one that is blocked."""

    kind: FindingKind
    rule: str
    what: str
    flow: str = ""


def excess_rules(
    network: Network, needs: Sequence[Need], checks: Sequence[Check], needed: frozenset[str]
) -> Iterator[Finding]:
    """Every rule and route that could be deleted or made narrower.

    checks: of all needed flows. needed: the rules without which one of them is closed.
    """
    for group in network.groups.values():
        yield from _of_group(network, group, checks, needed)
    for acl in network.acls.values():
        yield from _of_acl(acl, checks, needed)
    yield from _of_subnets(network)
    yield from (Finding("superfluous", name, why) for name, why in network.idle)
    yield from superfluous_routes(network, needs)


def _of_group(
    network: Network, group: SecurityGroup, checks: Sequence[Check], needed: frozenset[str]
) -> Iterator[Finding]:
    mine = [check for check in checks if isinstance(check.at, tuple) and group.ref in check.at]
    for rule in group.rules:
        what = f"security group {group.ref.short}"
        if rule.name not in needed:
            yield _superfluous(rule, what)
            continue
        passing = [check for check in mine if check.direction == rule.direction]
        if rule.group is None:
            rest = without_all([rule.packets], (check.packets for check in passing))
            if rest:
                yield _too_wide(rule, what, rest)
            continue
        for member in _members(network, rule.group):
            wanted = (check.packets for check in passing if check.peer is not None and _same(check.peer, member))
            rest = without_all([rule.packets], flat(wanted))
            if rest:
                yield _too_wide(rule, f"{what} ({member.kind.replace('_', ' ')})", rest)
                break


def _same(one: Placement, other: Placement) -> bool:
    return (one.kind, one.subnet, one.groups, one.service) == (other.kind, other.subnet, other.groups, other.service)


def _members(network: Network, group: Reference) -> list[Placement]:
    return [placement for placement in network.placements if group in placement.groups]


def _of_acl(acl: Acl, checks: Sequence[Check], needed: frozenset[str]) -> Iterator[Finding]:
    for entry in acl.entries:
        what = f"ACL {acl.ref.short}"
        if not entry.is_allow:
            same = [other for other in acl.entries if other.direction == entry.direction]
            others = [other for other in same if other is not entry]
            if not without_all(allowed(EVERYTHING, others), allowed(EVERYTHING, same)):
                yield Finding("superfluous", entry.name, f"{what}: nothing that it refuses would pass without it")
            continue
        if entry.name not in needed:
            yield _superfluous(entry, what)
            continue
        wanted = (check.packets for check in checks if check.at == acl.ref and check.direction == entry.direction)
        rest = without_all([entry.packets], wanted)
        if rest:
            yield _too_wide(entry, what, rest)


def _superfluous(rule: Rule, what: str) -> Finding:
    return Finding("superfluous", rule.name, f"{what}: every needed flow passes without it")


def _too_wide(rule: Rule, what: str, rest: Sequence[Box]) -> Finding:
    word = "from" if rule.direction == "in" else "to"
    return Finding("too-wide", rule.name, f"{what}: no needed flow has {text_of(rest, word)}")


def _of_subnets(network: Network) -> Iterator[Finding]:
    for subnet in network.subnets.values():
        if subnet.acl is None and network.acls:
            what = f"{subnet.name} has the VPC's own ACL, which lets everything through"
            yield Finding("too-wide", str(subnet.ref), what)


def superfluous_routes(network: Network, needs: Sequence[Need]) -> Iterator[Finding]:
    """Routes, and gateway endpoints in route tables, without which every needed flow still has its way."""
    ways = {need: list(paths(network, need)) for need in needs}
    for table, routes in network.routes.items():
        for route in routes:
            rest = tuple(other for other in routes if other is not route)
            if not _is_needed(route.name, replace(network, routes={**network.routes, table: rest}), ways):
                yield Finding("superfluous", route.name, f"route table {table.short}: no needed flow takes this route")
    for endpoint in network.endpoints:
        for table in endpoint.tables:
            name = endpoint.in_table(table)
            tables = tuple(other for other in endpoint.tables if other != table)
            changed = tuple(replace(each, tables=tables) if each is endpoint else each for each in network.endpoints)
            if not _is_needed(name, replace(network, endpoints=changed), ways):
                yield Finding("superfluous", name, f"route table {table.short}: no needed flow takes this endpoint")


def _is_needed(name: str, changed: Network, ways: Mapping[Need, Sequence[Path]]) -> bool:
    """Whether a flow that takes the route meets an obstacle in the network without it."""
    return any(
        after.obstacle != before.obstacle
        for need, found in ways.items()
        if any(name in path.routes for path in found)
        for before, after in zip(found, paths(changed, need), strict=False)
    )
