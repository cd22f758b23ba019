"""Image names follow the content of the sources."""

import json

import pytest

from tests.delivery.conftest import NEW
from watchkeeper.delivery.images import (
    Pinned,
    built_by,
    image_tag,
    images,
    read_pinned,
    repository_name,
    sources,
    with_images,
)
from watchkeeper.errors import UsageError
from watchkeeper.project.model import Project

DIGEST = "444444444444.dkr.ecr.eu-west-1.amazonaws.com/lighthouse/examples-app@sha256:" + "0" * 64


def test_services_of_one_source_share_one_image(project: Project, two_sources: Project) -> None:
    """And services of two sources have two."""
    assert sources(project) == {"examples/app": ("api", "reports")}
    assert sources(two_sources) == {"examples/app": ("api",), "services/reports": ("reports",)}


def test_the_tag_is_the_tree_hash_of_the_source(project: Project) -> None:
    """Whatever commit the tree is in."""
    (found,) = images(project, {"examples/app": NEW})

    assert (found.repository, found.tag) == ("lighthouse/examples-app", f"tree-{NEW}")
    assert found.services == ("api", "reports")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("examples/app", "p/examples-app"),
        ("services/Reports_v2/", "p/services-reports-v2"),
        ("./app", "p/app"),
    ],
)
def test_a_repository_is_named_after_its_folder(source: str, name: str) -> None:
    """In the letters that registries take."""
    assert repository_name("p", source) == name


def test_what_is_no_tree_is_refused() -> None:
    """A commit's short hash would name two contents."""
    with pytest.raises(ValueError, match="not a git tree hash"):
        image_tag("abc123")


def test_a_service_without_an_image_keeps_its_placeholder(project: Project) -> None:
    """The first deploy of a service comes before its first build."""
    changed = with_images(project, {"api": DIGEST})

    prod = changed.environment("prod")
    assert prod.service("api").image == DIGEST
    assert prod.service("reports").image == project.environment("prod").service("reports").image


@pytest.mark.parametrize(
    ("pinned", "text"),
    [({"apii": DIGEST}, "`apii`, which does not exist"), ({"api": "host/app:latest"}, "has no digest")],
)
def test_only_known_services_and_digests_are_taken(project: Project, pinned: dict[str, str], text: str) -> None:
    """A tag could be another image tomorrow."""
    with pytest.raises(UsageError, match=text):
        with_images(project, pinned)


def test_an_image_by_digest_has_the_version_of_the_commit_that_built_it(project: Project) -> None:
    """Whatever commit is deployed: equal images are one revision of a task. Without it the digest speaks for itself."""
    known = with_images(project, {"api": DIGEST}, {"api": "c" * 40}).environment("prod").service("api")
    unknown = with_images(project, {"api": DIGEST}).environment("prod").service("api")

    assert (known.version, unknown.version) == ("c" * 40, "")


@pytest.mark.parametrize(
    ("tags", "commit"),
    [
        (("tree-" + "a" * 40, "commit-" + "c" * 40), "c" * 40),
        (("tree-" + "a" * 40,), ""),
        (("commit-latest",), ""),
    ],
)
def test_the_second_tag_tells_the_commit(tags: tuple[str, ...], commit: str) -> None:
    """An image that somebody pushed by hand has none."""
    assert built_by(tags) == commit


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("{}", Pinned({}, {})),
        (json.dumps({"api": DIGEST}), Pinned({"api": DIGEST}, {})),
        ({"images": {"api": DIGEST}, "versions": {"api": "c"}}, Pinned({"api": DIGEST}, {"api": "c"})),
    ],
    ids=["none", "images alone", "the whole answer"],
)  # fmt: skip
def test_images_are_taken_as_they_are_printed(given: object, wanted: Pinned) -> None:
    """Whole, or the part that says the images."""
    assert read_pinned(given) == wanted


@pytest.mark.parametrize("given", ["no JSON", "[1]", '{"api": 1}', '{"images": {}, "versions": {"api": 1}}'])
def test_other_json_is_no_images(given: str) -> None:
    """Before anything is synthesized with it."""
    with pytest.raises(UsageError, match="no JSON object of texts"):
        read_pinned(given)
