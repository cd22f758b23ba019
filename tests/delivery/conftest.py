"""This project's declarations, and a second service with a source of its own."""

from pathlib import Path

import pytest

from watchkeeper.delivery.images import Image
from watchkeeper.delivery.model import Delivery, load_delivery
from watchkeeper.project.load import build_project, load_project
from watchkeeper.project.model import Project
from watchkeeper.project.source import parse_document

OLD, NEW = "a" * 40, "b" * 40


@pytest.fixture(scope="session")
def project(root: Path) -> Project:
    return load_project(root)


@pytest.fixture(scope="session")
def two_sources(root: Path) -> Project:
    """`api` is built of examples/app, `reports` of services/reports."""
    text = (root / "watchkeeper.yaml").read_text()
    before, found, after = text.partition("  reports:\n")
    assert found
    return build_project(
        parse_document(before + found + after.replace("examples/app", "services/reports", 1), "watchkeeper.yaml"), root
    )


@pytest.fixture(scope="session")
def delivery(project: Project) -> Delivery:
    return load_delivery(project)


def image(source: str = "examples/app", tree: str = NEW, *services: str) -> Image:
    name = source.replace("/", "-")
    return Image(source, f"lighthouse/{name}", f"tree-{tree}", services or ("api", "reports"))
