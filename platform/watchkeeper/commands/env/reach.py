"""`watchkeeper env reach`: the needed flows against the templates."""

from dataclasses import dataclass
from pathlib import Path

from watchkeeper.commands.env.assembly import environment_templates
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError, did_you_mean
from watchkeeper.topology.model import Network
from watchkeeper.topology.needs import needs_of
from watchkeeper.topology.path import Need
from watchkeeper.topology.reach import Reach, ZoneLoss, judge_reach, judge_zone_loss
from watchkeeper.topology.read import read_network

EACH = "each"


@dataclass(frozen=True, slots=True)
class _Question:
    network: Network
    needs: tuple[Need, ...]


def reach(session: Session, assembly: Path | None) -> Reach:
    """The report on an environment. Raises UsageError where no flow is declared."""
    question = _question(session, assembly)
    return judge_reach(question.network, question.needs)


def reach_without_zone(session: Session, assembly: Path | None, zone: str) -> list[ZoneLoss]:
    """What is left without a zone, or without `each`, one after the other. Raises UsageError for an unknown zone."""
    question = _question(session, assembly)
    zones = question.network.zones()
    if zone not in (*zones, EACH):
        fix = did_you_mean(zone, zones) or f"known: {', '.join(zones)}, {EACH}"
        raise UsageError(f"`{session.environment.name}` has nothing in zone `{zone}`", fix)
    has_single_nat = session.environment.network.nat == "single"
    return [
        judge_zone_loss(question.network, question.needs, each, has_single_nat=has_single_nat)
        for each in (zones if zone == EACH else (zone,))
    ]


def _question(session: Session, assembly: Path | None) -> _Question:
    needs = needs_of(session.environment)
    if not needs:
        fix = (
            "declare under `flows:` in watchkeeper.yaml who needs to reach whom; see docs/how-to/prove-reachability.md"
        )
        raise UsageError(f"`{session.environment.name}` declares no flows, so that nothing can be judged", fix)
    return _Question(read_network(environment_templates(session, assembly)), needs)
