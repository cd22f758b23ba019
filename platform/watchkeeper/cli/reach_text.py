"""How `watchkeeper env reach` answers: the flows, the matrix and the findings, as text and as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from watchkeeper.cli.terminal import colour, table
from watchkeeper.errors import Location, Problem
from watchkeeper.topology.boxes import ALL_ADDRESSES, Box, text_of_ports
from watchkeeper.topology.excess import Finding
from watchkeeper.topology.matrix import Cell
from watchkeeper.topology.model import TITLES
from watchkeeper.topology.path import Need
from watchkeeper.topology.reach import FlowState, Reach, ZoneLoss

_FIXES: Final = {
    "blocked": "let it through, or take the flow out of watchkeeper.yaml",
    "superfluous": "delete it, or declare the flow that needs it in watchkeeper.yaml",
    "too-wide": "make it as narrow as the flows, or declare the flow that needs it in watchkeeper.yaml",
    "undeclared": "close it, or declare the flow in watchkeeper.yaml",
}


def reach_text(env: str, reach: Reach, places: Mapping[str, Location]) -> tuple[str, list[Problem]]:
    """The flows and the matrix, and the findings beside them."""
    passing = sum(1 for flow in reach.flows if flow.state == "passes")
    blocked = sum(1 for flow in reach.flows if flow.state == "blocked")
    more = len([finding for finding in reach.findings if finding.kind != "blocked"])
    head = f"{env}: {passing} needed flows pass, {blocked} blocked"
    tail = f"{more} rules or flows too many" if more else "nothing else is open"
    text = "\n\n".join((f"{head}; {tail}", _flow_table(reach.flows), _matrix(reach.cells)))
    return text + ("\n" if reach.findings else ""), [_problem(finding, places) for finding in reach.findings]


def _flow_table(flows: Sequence[FlowState]) -> str:
    rows = [
        (
            flow.need.id,
            TITLES[flow.need.client],
            TITLES[flow.need.server],
            _ports(flow.need),
            _state(flow),
            flow.need.why,
        )
        for flow in flows
    ]
    return table(rows, ("flow", "from", "to", "ports", "state", "why"))


def _state(flow: FlowState) -> str:
    if flow.state == "passes":
        return f"passes {flow.ways} ways"
    return colour("blocked", "red") if flow.state == "blocked" else "not there"


def _ports(need: Need) -> str:
    boxes = [Box((need.protocol,) * 2, ALL_ADDRESSES, (port, port)) for port in need.ports]
    return ", ".join(text_of_ports(box) for box in boxes) or "-"


def _matrix(cells: Sequence[Cell]) -> str:
    clients = [kind for kind in TITLES if any(cell.client == kind for cell in cells)]
    servers = [kind for kind in TITLES if any(cell.server == kind for cell in cells)]
    opened = {(cell.client, cell.server): ", ".join(cell.open) for cell in cells}
    rows = [(TITLES[client], *(opened.get((client, server), "-") for server in servers)) for client in clients]
    return table(rows, ("reaches", *(TITLES[server] for server in servers)))


def _problem(finding: Finding, places: Mapping[str, Location]) -> Problem:
    named = f"flow `{finding.flow}` is blocked: " if finding.flow else ""
    rule = f"{finding.rule}: " if finding.rule else ""
    where = places.get(f"flows.{finding.flow}") if finding.flow else None
    return Problem(f"{named}{rule}{finding.what}", where, fix=_FIXES[finding.kind], rule=finding.kind)


def reach_json(env: str, reach: Reach) -> dict[str, Any]:
    """The report as one document."""
    return {
        "schema_version": 1,
        "env": env,
        "flows": [_flow_json(flow) for flow in reach.flows],
        "matrix": [
            {"from": cell.client, "to": cell.server, "open": list(cell.open), "undeclared": list(cell.undeclared)}
            for cell in reach.cells
        ],
        "findings": [
            {"kind": finding.kind, "rule": finding.rule, "message": finding.what, "flow": finding.flow}
            for finding in reach.findings
        ],
    }


def _flow_json(flow: FlowState) -> dict[str, Any]:
    return {
        "id": flow.need.id,
        "from": flow.need.client,
        "to": flow.need.server,
        "ports": list(flow.need.ports),
        "state": flow.state,
        "ways": flow.ways,
        "by_choice": flow.is_by_choice,
        "reasons": [{"way": way, "message": why, "rule": rule} for way, why, rule in flow.reasons],
    }


def zone_text(env: str, losses: Sequence[ZoneLoss]) -> str:
    """One paragraph for each zone that is gone."""
    return "\n".join(line for loss in losses for line in _zone_lines(env, loss))


def _zone_lines(env: str, loss: ZoneLoss) -> list[str]:
    lost = [flow for flow in loss.flows if flow.state == "blocked"]
    verdict = "holds" if loss.holds else colour("does not hold", "red")
    if lost and loss.holds:
        verdict = f"loses what its profile gave up by `network.nat: single`, {len(lost)} flows"
    elif lost:
        verdict += f": {len(lost)} needed flows are lost"
    else:
        verdict += ": every needed flow has a way"
    first = min(loss.writers, key=lambda member: member.promotion_tier, default=None)
    writer = f"{first.ref.short} is or becomes the writer" if first else "no instance is left that could be the writer"
    lines = [f"{env} without {loss.zone} {verdict}; {writer if loss.has_database else 'no database'}"]
    for flow in lost:
        lines.append(f"  {flow.need.id}{f' ({flow.need.why})' if flow.need.why else ''}")
        lines += [f"    {way}: {why}" for way, why, _ in flow.reasons]
    return lines


def zone_json(env: str, losses: Sequence[ZoneLoss]) -> dict[str, Any]:
    """The same as one document."""
    return {
        "schema_version": 1,
        "env": env,
        "zones": [
            {
                "zone": loss.zone,
                "holds": loss.holds,
                "writers": [str(member.ref) for member in loss.writers],
                "flows": [_flow_json(flow) for flow in loss.flows],
            }
            for loss in losses
        ],
    }
