"""The JSON Schema files that editors use."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from watchkeeper.project.source import parse_document

FOLDER: Final = Path("docs/reference/schemas")
GOOD: Final = {
    "id": "m",
    "name": "m",
    "type": "query alert",
    "query": "avg(last_5m):avg:system.load.1{*} > 4",
    "message": "text",
    "urgency": "notify",
}


@pytest.fixture
def monitors(root: Path) -> Draft202012Validator:
    """The schema of monitor templates."""
    return Draft202012Validator(json.loads((root / FOLDER / "monitors.schema.json").read_text()))


def test_the_schemas_are_up_to_date(root: Path) -> None:
    """They are made from the types that read the files."""
    command = [sys.executable, "scripts/json_schemas.py", "--check"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "the schemas are up to date\n"), done.stderr


def test_the_schemas_are_schemas(root: Path) -> None:
    """Valid by their own dialect."""
    for path in (root / FOLDER).glob("*.json"):
        Draft202012Validator.check_schema(json.loads(path.read_text()))


def test_our_own_templates_fit(root: Path, monitors: Draft202012Validator) -> None:
    """Repetition, conditions and computed values included."""
    for path in sorted((root / "monitors").glob("*.yaml")):
        assert list(monitors.iter_errors(parse_document(path.read_text(), path.name).data)) == [], path


@pytest.mark.parametrize(
    "change",
    [
        {"priority": "<< service.vars.priority >>"},
        {"type": "<< kind >>"},
        {"for_each": "services", "when": "env.name == 'prod'"},
        {"options": {"timeout_h": 24, "thresholds": {"warning": 3}}},
    ],
    ids=["computed number", "computed type", "repeated", "options"],
)
def test_what_a_template_may_say_fits(monitors: Draft202012Validator, change: Mapping[str, Any]) -> None:
    """Values may be computed, entries repeated."""
    assert monitors.is_valid({"monitors": [{**GOOD, **change}]})


@pytest.mark.parametrize(
    "change",
    [{"priority": 9}, {"urgency": "shout"}, {"querry": "x"}, {"options": {"timeout_h": 25}}, {"type": "metric"}],
    ids=["out of range", "unknown urgency", "unknown key", "option out of range", "unknown type"],
)
def test_what_the_loader_refuses_does_not_fit(monitors: Draft202012Validator, change: Mapping[str, Any]) -> None:
    """The editor says so before anything is run."""
    assert not monitors.is_valid({"monitors": [{**GOOD, **change}]})
