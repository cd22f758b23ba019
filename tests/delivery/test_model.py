"""platform/delivery.yaml."""

from pathlib import Path

import pytest

from watchkeeper.delivery.model import Delivery, GitHub, build_delivery
from watchkeeper.errors import ConfigError
from watchkeeper.project.model import Project
from watchkeeper.project.source import parse_document


def test_this_projects_file_is_right(delivery: Delivery) -> None:
    """Branch, main and tag have three environments; the registry is in an account of its own."""
    assert delivery.deployed == ("dev", "stage", "prod")
    assert delivery.registry.host == "444444444444.dkr.ecr.eu-west-1.amazonaws.com"


def test_both_forms_of_subject_are_trusted_once_the_ids_are_known() -> None:
    """The newer form cannot be written without them."""
    named = GitHub(owner="o", repository="r", owner_id="1", repository_id="2")

    assert named.subjects("prod") == ("repo:o/r:environment:prod", "repo:o@1/r@2:environment:prod")
    assert GitHub(owner="o", repository="r").subjects("prod") == ("repo:o/r:environment:prod",)


def test_every_problem_of_the_file_is_told_with_its_line(root: Path, project: Project) -> None:
    """At once."""
    text = (root / "platform/delivery.yaml").read_text()
    for old, new in (("444444444444", "4444"), ("tag: prod", "tag: prdo"), ('owner_id: "1000001"', 'owner_id: "x"')):
        text = text.replace(old, new, 1)

    with pytest.raises(ConfigError) as error:
        build_delivery(parse_document(text, "platform/delivery.yaml"), project)

    found = [(problem.where.line, problem.what) for problem in error.value.problems if problem.where]
    assert found == [
        (6, "`owner_id` is no number"),
        (9, "`4444` is no AWS account"),
        (12, "there is no environment `prdo`"),
    ]
