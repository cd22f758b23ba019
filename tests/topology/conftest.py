"""Every environment is synthesized once a session, and read from its templates."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.base_infra.conftest import synthesize
from tests.conftest import ROOT
from watchkeeper.project.load import build_project
from watchkeeper.project.model import Project
from watchkeeper.project.source import parse_document
from watchkeeper.topology.needs import needs_of
from watchkeeper.topology.path import Need
from watchkeeper.topology.reach import Reach, judge_reach
from watchkeeper.topology.read import read_network
from watchkeeper.topology.templates import Templates

Stacks = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Synthesized:
    """The stacks of one environment as plain JSON, and the flows that it declares."""

    stacks: Mapping[str, Mapping[str, Any]]
    needs: tuple[Need, ...]

    def copy(self) -> Stacks:
        """The stacks, to be changed."""
        return {name: copy.deepcopy(dict(template)) for name, template in self.stacks.items()}

    def judge(self, stacks: Mapping[str, Mapping[str, Any]] | None = None) -> Reach:
        """The report on these stacks, or on changed ones."""
        return judge_reach(read_network(Templates(self.stacks if stacks is None else stacks)), self.needs)


@pytest.fixture(scope="session")
def project() -> Project:
    """This repository's project."""
    return build_project(parse_document((ROOT / "watchkeeper.yaml").read_text(), "watchkeeper.yaml"), ROOT)


@pytest.fixture(scope="session")
def environments(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """Every environment of this repository, and `three-zones`: prod with the application in three, and a broker."""
    return synthesize_all(tmp_path_factory.mktemp("topology"))


def synthesize_all(folder: Path) -> dict[str, Synthesized]:
    """What `environments` gives. folder: an empty one."""
    text = (ROOT / "watchkeeper.yaml").read_text()
    project = build_project(parse_document(text, "watchkeeper.yaml"), ROOT)
    found = _synthesize(text, project, folder / "all")
    wide = text.replace("      nat: per_zone\n", "      nat: per_zone\n      application_zones: 3\n")
    wide = wide.replace("ports: [9098], is_optional: true", "ports: [9098, 11001, 11002]")
    wide = wide.replace("  prod:\n", "  prod:\n    broker: {kind: provisioned}\n")
    changed = build_project(parse_document(wide, "watchkeeper.yaml"), ROOT)
    found["three-zones"] = _synthesize(wide, changed, folder / "three-zones", "prod")["prod"]
    return found


def _synthesize(text: str, project: Project, folder: Path, only: str = "all") -> dict[str, Synthesized]:
    plain = json.loads(json.dumps(synthesize(text, only, folder).templates))
    names = list(project.environments) if only == "all" else [only]
    return {
        name: Synthesized(
            {stack: template for stack, template in plain.items() if stack.startswith(f"{name}-")},
            needs_of(project.environment(name)),
        )
        for name in names
    }


@pytest.fixture(scope="session")
def prod(environments: dict[str, Synthesized]) -> Synthesized:
    """The production environment."""
    return environments["prod"]
