"""Whether every needed flow passes, and whether anything else does: the report of `watchkeeper env reach`. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from watchkeeper.topology.excess import Finding, excess_rules
from watchkeeper.topology.filters import Verdict, judge
from watchkeeper.topology.matrix import Cell, matrix, undeclared
from watchkeeper.topology.model import TITLES, DatabaseMember, Network
from watchkeeper.topology.path import Check, Need, Path, paths


@dataclass(frozen=True, slots=True)
class FlowState:
    """One needed flow. ways: how many ways it takes. reasons: (way, why it is closed, rule) of those that are closed.

    absent: an optional server that the environment does not have.
    """

    need: Need
    state: Literal["passes", "blocked", "absent"]
    ways: int
    reasons: tuple[tuple[str, str, str], ...] = ()
    is_by_choice: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything about one environment. findings: none, when every flow passes and nothing else does."""

    flows: tuple[FlowState, ...]
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ZoneLoss:
    """What is left when a zone is gone. writers: the instances that can be or become the database's writer."""

    zone: str
    flows: tuple[FlowState, ...]
    writers: tuple[DatabaseMember, ...]
    has_database: bool

    @property
    def holds(self) -> bool:
        """Whether every needed flow has a way and the database a writer, apart from what the profile gave up."""
        is_fine = all(flow.state != "blocked" or flow.is_by_choice for flow in self.flows)
        return is_fine and (bool(self.writers) or not self.has_database)


def judge_reach(network: Network, needs: Sequence[Need]) -> Reach:
    """Every needed flow, every rule that could go or be narrower, and everything that is open undeclared."""
    judged: dict[Check, Verdict] = {}
    states = tuple(_state(network, need, judged) for need in needs)
    needed = frozenset(rule for verdict in judged.values() for rule in verdict.needed)
    cells = tuple(matrix(network, needs))
    findings = [
        *(finding for state in states for finding in _blocked(state)),
        *excess_rules(network, needs, tuple(judged), needed),
        *undeclared(cells),
    ]
    return Reach(states, cells, tuple(findings))


def _blocked(state: FlowState) -> Iterator[Finding]:
    """One finding for each reason, however many ways it closes."""
    ways: dict[tuple[str, str], list[str]] = {}
    for way, why, rule in state.reasons:
        ways.setdefault((why, rule), []).append(way)
    for (why, rule), closed in ways.items():
        more = f" (and {len(closed) - 1} more ways)" if len(closed) > 1 else ""
        yield Finding("blocked", rule, f"{closed[0]}{more}: {why}", state.need.id)


def judge_zone_loss(network: Network, needs: Sequence[Need], zone: str, *, has_single_nat: bool) -> ZoneLoss:
    """What is left without a zone. has_single_nat: the profile chose one NAT gateway, so that its loss was accepted."""
    left = network.without_zone(zone)
    states = []
    for need in needs:
        state = _state(left, need, {})
        is_by_choice = has_single_nat and state.state == "blocked" and _only_nat_is_lost(left, need)
        states.append(FlowState(need, state.state, state.ways, state.reasons, is_by_choice))
    writers = tuple(member for member in network.members if member.zone not in ("", zone))
    return ZoneLoss(zone, tuple(states), writers, bool(network.members))


def _only_nat_is_lost(network: Network, need: Need) -> bool:
    found = list(paths(network, need))
    closed = [path for path in found if path.obstacle or any(not judge(network, each).is_open for each in path.checks)]
    return bool(closed) and all(path.is_zone_lost for path in closed)


def _state(network: Network, need: Need, judged: dict[Check, Verdict]) -> FlowState:
    found = list(paths(network, need))
    missing = [kind for kind in (need.client, need.server) if not _exists(network, kind)]
    if missing or not need.ports:
        if need.is_optional or not need.ports:
            return FlowState(need, "absent", 0)
        where = f" outside {network.lost_zone}" if network.lost_zone else " in the templates"
        reasons = tuple((_way(need), f"there is no {TITLES[kind]}{where}", "") for kind in missing)
        return FlowState(need, "blocked", 0, reasons)
    reasons = tuple(reason for path in found for reason in _reasons(network, need, path, judged))
    return FlowState(need, "blocked" if reasons or not found else "passes", len(found), reasons)


def _exists(network: Network, kind: str) -> bool:
    return kind in ("internet", "aws") or bool(network.of_kind(kind))


def _way(need: Need) -> str:
    return f"{TITLES[need.client]} to {TITLES[need.server]}"


def _reasons(network: Network, need: Need, path: Path, judged: dict[Check, Verdict]) -> list[tuple[str, str, str]]:
    way = f"{path.client} to {path.server}"
    if path.obstacle:
        return [(way, path.obstacle, path.routes[-1] if path.routes else "")]
    listening = network.listens.get(need.server, frozenset(need.ports))
    found = [(way, f"nothing listens on {port}", "") for port in need.ports if port not in listening]
    for check in path.checks:
        verdict = judged.get(check)
        if verdict is None:
            verdict = judged[check] = judge(network, check)
        if not verdict.is_open:
            found.append((way, verdict.reason, verdict.rule))
    return found
