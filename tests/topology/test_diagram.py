"""The picture of an environment, and the one in the docs."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.topology.conftest import Synthesized
from watchkeeper.topology.mermaid import mermaid
from watchkeeper.topology.picture import Picture, picture
from watchkeeper.topology.read import read_network
from watchkeeper.topology.svg import svg
from watchkeeper.topology.templates import Templates


def drawn(environments: dict[str, Synthesized], env: str) -> Picture:
    templates = Templates(environments[env].stacks)
    return picture("prod" if env == "three-zones" else env, templates, read_network(templates), environments[env].needs)


def test_tiers_are_told_by_their_routes(environments: dict[str, Synthesized]) -> None:
    """Public leads to the internet gateway, private to NAT, isolated nowhere."""
    found = drawn(environments, "prod")

    assert [(row.tier, len(row.places)) for row in found.rows] == [("public", 2), ("private", 2), ("isolated", 3)]
    assert found.zones == ("eu-west-1a", "eu-west-1b", "eu-west-1c")


def test_things_stand_where_the_templates_put_them(environments: dict[str, Synthesized]) -> None:
    """The writer in the first zone, the reader in the second; a single NAT gateway once."""
    found = drawn(environments, "dev")
    items = {place.name: [item.label for item in place.items] for row in found.rows for place in row.places}

    assert items["DataA"] == ["Aurora Writer"]
    assert items["DataB"] == ["Aurora Reader1"]
    assert [name for name, labels in items.items() if "NAT gateway" in labels] == ["PublicA"]
    assert items["ApplicationB"][:2] == ["service api", "service reports"]


def test_arrows_are_the_flows_that_pass(environments: dict[str, Synthesized]) -> None:
    """With their ports."""
    edges = {(edge.client, edge.server): edge.ports for edge in drawn(environments, "three-zones").edges}

    assert edges["application", "broker"] == ("tcp 9098", "tcp 11001", "tcp 11002")
    assert edges["internet", "load_balancer"] == ("tcp 80", "tcp 443", "tcp 9000")


@pytest.mark.parametrize("env", ["local", "dev", "stage", "prod", "three-zones"])
def test_the_drawing_is_one_well_formed_document(environments: dict[str, Synthesized], env: str) -> None:
    """Nothing is loaded from elsewhere, and the same templates give the same bytes."""
    text = svg(drawn(environments, env))

    assert ET.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own drawing
    assert "href" not in text
    assert text == svg(drawn(environments, env))


def test_the_pictures_in_the_docs_are_those_of_prod(root: Path, environments: dict[str, Synthesized]) -> None:
    """Renew them with `watchkeeper env diagram --env prod`, as docs/reference/topology.md says."""
    found = drawn(environments, "prod")

    assert (root / "docs/images/topology.svg").read_text() == svg(found)
    assert f"```mermaid\n{mermaid(found)}```\n" in (root / "docs/reference/topology.md").read_text()
