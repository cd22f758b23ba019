"""The proof that nothing is open by accident: every rule of every environment, deleted and widened."""

import pytest

from tests.topology.conftest import Synthesized
from tests.topology.mutations import deletions, sites, widenings

ENVIRONMENTS = ("local", "dev", "stage", "prod", "three-zones")


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_every_needed_flow_passes_and_nothing_else_does(environments: dict[str, Synthesized], env: str) -> None:
    """In every environment, without one finding."""
    reach = environments[env].judge()

    assert reach.findings == ()
    assert {flow.state for flow in reach.flows} <= {"passes", "absent"}


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_only_the_application_reaches_the_data_tier(environments: dict[str, Synthesized], env: str) -> None:
    """On the ports of the database and of the broker, and on no other."""
    cells = {(cell.client, cell.server): cell.open for cell in environments[env].judge().cells}
    data = {client: ports for (client, server), ports in cells.items() if server in ("database", "broker")}

    assert data.keys() == {"application"}
    assert cells["application", "database"] == ("tcp 5432",)


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_deleting_any_rule_blocks_a_flow_or_opens_what_is_reported(
    environments: dict[str, Synthesized], env: str
) -> None:
    """Each security-group rule, ACL entry, route and endpoint in a route table, one by one, none excepted."""
    synthesized = environments[env]
    survivors = [
        site.name for site, changed in deletions(synthesized.copy()) if not synthesized.judge(changed).findings
    ]

    assert survivors == []
    assert len(list(sites(synthesized.stacks))) >= 25


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_widening_any_rule_is_reported(environments: dict[str, Synthesized], env: str) -> None:
    """A port more at either end, one bit less of the range, all protocols: none goes unnoticed.

    The report names the widened rule, or the neighbour that it made superfluous.
    """
    synthesized = environments[env]
    mutants = list(widenings(synthesized.copy()))
    survivors = []
    for site, what, changed in mutants:
        findings = synthesized.judge(changed).findings
        named = {finding.rule for finding in findings}
        if site.name not in named and {finding.kind for finding in findings} != {"superfluous"}:
            survivors.append((site.name, what, findings))

    assert survivors == []
    assert len(mutants) >= 70
