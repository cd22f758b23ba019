"""docs/reference/files: the pages of files, and the small project that they show."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from scripts.file_kinds import KINDS, FileKind
from scripts.file_pages import EXAMPLES, FOLDER, pages
from scripts.schema_words import Objects, slug, value_of
from watchkeeper.autoscaling.load import load_scaling
from watchkeeper.commands.session import open_session
from watchkeeper.dashboards.load import load_dashboards
from watchkeeper.delivery.model import load_delivery
from watchkeeper.forwarding.load import load_forwarding
from watchkeeper.metrics.catalogue import load_catalogue
from watchkeeper.monitors.load import load_declared
from watchkeeper.monitors.unit_tests.load import files_of_tests, load_tests
from watchkeeper.project.source import parse_document
from watchkeeper.routing.load import load_on_call
from watchkeeper.routing.outlets import undeclared_goals
from watchkeeper.routing.routes import load_routes
from watchkeeper.topology.prices import load_prices

LINK = re.compile(r"\]\(([^)]+)\)")


@pytest.fixture
def project(root: Path) -> Path:
    """The small project of the examples."""
    return root / EXAMPLES


def test_every_kind_of_file_has_a_page_and_every_page_is_fresh() -> None:
    """Written by scripts/file_pages.py: run it when this fails."""
    written = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md")}

    assert written == pages(), "run .venv/bin/python scripts/file_pages.py"


def test_every_schema_has_a_page(root: Path) -> None:
    """A kind of file that editors know is explained too."""
    schemas = {path.name.removesuffix(".schema.json") for path in (root / "docs/reference/schemas").glob("*.json")}

    assert schemas == {kind.name for kind in KINDS}


@pytest.mark.parametrize("env", ["local", "prod"])
def test_the_examples_load(project: Path, env: str) -> None:
    """Every file by the loader that reads it in a command, for each environment."""
    session = open_session(project, env, environ={})
    loaded = load_declared(session.project, session.environment)
    on_call = load_on_call(session.project, session.environment)
    routes = load_routes(session.project, session.environment)

    assert loaded.monitors[0].identity.id == "edge-5xx"
    assert len(load_dashboards(session.project, session.environment, loaded.monitors)) == 1
    assert list(undeclared_goals(routes, list(on_call.services.values()), list(on_call.channels.values()))) == []
    assert load_scaling(project, "api", env).min == (4 if env == "prod" else 2)
    assert load_forwarding(session.project).logs.database is not None
    assert load_delivery(session.project).deployed == ("prod",)
    assert load_catalogue(project).get("shop.queue.wait") is not None
    assert set(load_prices(project, "platform/prices.yaml").prices) == {"nat-gateway-hour", "logs-gb"}
    assert load_tests(project, files_of_tests(project), env).problems == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_example_fits_its_schema(root: Path, project: Path, kind: FileKind) -> None:
    """So that an editor finds nothing in it."""
    schema = json.loads((root / f"docs/reference/schemas/{kind.name}.schema.json").read_text())
    for file in kind.examples:
        data = json.loads(json.dumps(parse_document((project / file).read_text(), file).data, default=str))
        assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []


def test_every_file_of_the_small_project_is_shown(project: Path) -> None:
    """And nothing else is."""
    there = {path.relative_to(project).as_posix() for path in project.rglob("*.yaml")}

    assert there == {file for kind in KINDS for file in kind.examples}


def links_of(name: str, text: str) -> Iterator[tuple[Path, str]]:
    """Where the links of a page lead: file and anchor."""
    for target in LINK.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        file, _, anchor = target.partition("#")
        yield (FOLDER / file if file else FOLDER / name), anchor


@pytest.mark.parametrize("name", sorted(pages()))
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    """To a file that is there, and to a heading of it."""
    for path, anchor in links_of(name, pages()[name]):
        assert path.exists(), path
        if anchor:
            headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
            assert anchor in [slug(heading) for heading in headings], (path, anchor)


@pytest.mark.parametrize("name", sorted(set(pages()) - {"README.md"}))
def test_headings_of_a_page_differ(name: str) -> None:
    """Otherwise a link would lead to the wrong one."""
    headings = re.findall(r"^#+ (.*)$", pages()[name], re.MULTILINE)

    assert len({slug(heading) for heading in headings}) == len(headings)


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ({"type": "string"}, "text"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "whole number, 1 to 9"),
        ({"type": "number", "exclusiveMinimum": 0}, "number, more than 0"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}], "default": None}, "number"),
        ({"anyOf": [{"enum": ["a", "b"]}, {"type": "string", "pattern": "<<.*>>|<%.*%>"}]}, "`a`, `b`"),
        ({"type": "array", "items": {"$ref": "#/$defs/_InnerText_in_a_list"}}, "list of [Inner](#inner)"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "mapping to text"),
        ({"type": "object", "additionalProperties": True}, "mapping"),
        ({}, "anything"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_key_may_hold_is_said_in_words(held: dict[str, object], words: str) -> None:
    """Null and computed values are no words: leaving a key out and `<< >>` are explained once."""
    assert value_of(held, Objects({}, {}, {})) == words
