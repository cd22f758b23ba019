"""Every environment is synthesized once a session; tests read the templates as plain JSON."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from watchkeeper.project.load import build_project
from watchkeeper.project.source import parse_document

Template = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Assembly:
    """Stacks in the order in which they are deployed: name to template, and name to the stacks it waits for."""

    templates: Mapping[str, Template]
    waits_for: Mapping[str, tuple[str, ...]]

    def resources(self, stack: str, kind: str = "") -> dict[str, Any]:
        """The resources of a stack, all or of one type, by logical id."""
        found = self.templates[stack]["Resources"].items()
        return {
            name: resource
            for name, resource in found
            if resource["Type"] != "AWS::CDK::Metadata" and kind in ("", resource["Type"])
        }

    def one(self, stack: str, kind: str) -> dict[str, Any]:
        """The properties of the only resource of a type in a stack."""
        (found,) = self.resources(stack, kind).values()
        properties: dict[str, Any] = found["Properties"]
        return properties


def synthesize(text: str, env: str, outdir: Path, *, root: Path = ROOT) -> Assembly:
    """The stacks of a project whose watchkeeper.yaml is `text`.

    env: one environment, several with commas between, or `all`. root: where the scaling files are.
    """
    os.environ.setdefault("JSII_NODE", str(ROOT / ".venv" / "bin" / "node"))
    from base_infra.environment import App, add_environment, load_all_scaling

    project = build_project(parse_document(text, "watchkeeper.yaml"), root)
    names = list(project.environments) if env == "all" else env.split(",")
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = App(context=context, outdir=str(outdir), builtin_cloud_formation_validation=False)
    for name in names:
        environment = project.environment(name)
        add_environment(app, project, environment, load_all_scaling(project, environment))
    stacks = app.synth().stacks
    names_of_stacks = {stack.id for stack in stacks}
    return Assembly(
        templates={stack.stack_name: stack.template for stack in stacks},
        waits_for={
            stack.stack_name: tuple(sorted(other.id for other in stack.dependencies if other.id in names_of_stacks))
            for stack in stacks
        },
    )


LOCAL_NETWORK = "    network: {cidr: 10.0.0.0/16}\n"


def edited(text: str, before: str, after: str) -> str:
    """The text with its first `before` replaced, which must be there."""
    assert before in text
    return text.replace(before, after, 1)


def image_of(text: str) -> str:
    """The image of the first service that a watchkeeper.yaml declares."""
    found = re.search(r"image: (\S+)", text)
    assert found
    return found[1]


@pytest.fixture(scope="session")
def declared() -> str:
    """The watchkeeper.yaml of this repository."""
    return (ROOT / "watchkeeper.yaml").read_text()


@pytest.fixture(scope="session")
def assembly(declared: str, tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """All environments of this repository."""
    return synthesize(declared, "all", tmp_path_factory.mktemp("all"))


@pytest.fixture(scope="session")
def without_reports(declared: str, tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """`local` after the service `reports` was removed from it."""
    text = edited(declared, LOCAL_NETWORK, LOCAL_NETWORK + "    services: {reports: {runs: false}}\n")
    return synthesize(text, "local", tmp_path_factory.mktemp("one-service"))


@pytest.fixture(scope="session")
def widest(declared: str, tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """`local` in three application zones, with a broker, with nothing recorded, and without the Agent."""
    text = edited(
        declared,
        LOCAL_NETWORK,
        "    network: {cidr: 10.0.0.0/16, application_zones: 3, flow_logs: none}\n"
        "    broker: {kind: provisioned, brokers_per_zone: 2}\n"
        "    edge: {access_logs: false}\n",
    )
    shared = "every_service: {grpc: internal}"
    text = edited(text, shared, "every_service: {grpc: internal, architecture: arm64, telemetry: {agent: false}}")
    return synthesize(text, "local", tmp_path_factory.mktemp("widest"))
