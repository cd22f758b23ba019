"""The `flows` of watchkeeper.yaml."""

from pathlib import Path

import pytest

from tests.project.test_load import GOOD, problems
from watchkeeper.project.flows import ports_of
from watchkeeper.project.load import build_project
from watchkeeper.project.model import Environment
from watchkeeper.project.source import parse_document

FLOWS = """\
flows:
  visitors: {client: internet, server: load_balancer, ports: [80, 443]}
  requests: {client: load_balancer, server: application, ports: [http, grpc]}
"""


def environment(text: str, name: str = "prod") -> Environment:
    return build_project(parse_document(text, "watchkeeper.yaml"), Path()).environment(name)


def test_every_environment_has_the_flows_of_the_file() -> None:
    """In the order of the file."""
    assert [flow.id for flow in environment(GOOD + FLOWS).flows] == ["visitors", "requests"]


def test_an_environment_takes_a_flow_out_changes_one_and_adds_one() -> None:
    """Key by key, the environment's own last."""
    own = """\
    flows:
      visitors: {needed: false}
      requests: {client_ports: [32768, 60999]}
      queries: {client: application, server: database, ports: [5432]}
"""
    prod = environment(GOOD + own + FLOWS)

    assert [(flow.id, flow.client_ports) for flow in prod.flows] == [
        ("requests", (32768, 60999)),
        ("queries", (1024, 65535)),
    ]
    assert [flow.id for flow in environment(GOOD + own + FLOWS, "local").flows] == ["visitors", "requests"]


def test_words_stand_for_the_ports_of_the_services() -> None:
    """A service that listens elsewhere needs no line among the flows."""
    text = (GOOD + FLOWS).replace("api: {team: checkout,", "api: {team: checkout, ports: {http: 8080},")
    prod = environment(text)

    assert ports_of(prod.flows[1], prod.services) == (80, 8080)
    assert ports_of(prod.flows[0], prod.services) == (80, 443)


@pytest.mark.parametrize(
    ("flow", "what", "fix"),
    [
        ("{client: internet, server: loadbalancer, ports: [80]}", "`server` cannot be `loadbalancer`", "load_balancer"),
        ("{client: internet, server: load_balancer}", "`ports` is missing", "add `ports:`"),
        ("{client: internet, server: load_balancer, port: [80]}", "unknown key `port`", "did you mean `ports`"),
    ],
)
def test_a_wrong_flow_is_named_with_its_line_and_a_mend(flow: str, what: str, fix: str) -> None:
    """Once, however many environments share it."""
    found = problems(GOOD + "flows:\n  visitors: " + flow + "\n")

    assert {line for line, _, _ in found} == {len(GOOD.splitlines()) + 2}
    assert any(text.startswith(what) for _, text, _ in found)
    assert any(fix in mend for _, _, mend in found)
