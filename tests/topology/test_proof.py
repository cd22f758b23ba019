"""The proof that nothing is open by accident: every rule of every environment, deleted and widened."""

import pytest

from tests.topology.conftest import Synthesized
from tests.topology.mutations import DELETED, changed, sites
from tests.topology.rules import ENVIRONMENTS, FILE, lines, listed

CASES = list(listed())


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


@pytest.mark.parametrize(("env", "rule", "change"), CASES, ids=[" ".join(case) for case in CASES])
def test_every_rule_that_is_deleted_or_widened_is_noticed(
    environments: dict[str, Synthesized], env: str, rule: str, change: str
) -> None:
    """Each security-group rule, ACL entry, route and endpoint in a route table, none excepted.

    Deleted, it blocks a flow, or opens or idles something that is reported. A port more at either end, one bit less of
    its range, or all protocols: the report names the widened rule, or the neighbour that it made superfluous.
    """
    synthesized = environments[env]
    site = next(each for each in sites(synthesized.stacks) if each.id == rule)
    stacks = changed(synthesized.stacks, site, change)
    assert stacks is not None

    findings = synthesized.judge(stacks).findings

    assert findings
    named = {finding.rule for finding in findings}
    assert change == DELETED or site.name in named or {finding.kind for finding in findings} == {"superfluous"}


def test_the_list_of_rules_is_that_of_the_templates(environments: dict[str, Synthesized]) -> None:
    """A new rule is in the proof from its first day: `python -m tests.topology.rules` writes the list."""
    found = lines({env: environments[env].stacks for env in ENVIRONMENTS})

    assert FILE.read_text().splitlines() == found
