"""The JSON Schema files that editors use."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from watchkeeper.autoscaling.load import load_scaling
from watchkeeper.commands.session import open_session
from watchkeeper.dashboards.load import load_dashboards
from watchkeeper.delivery.model import load_delivery
from watchkeeper.errors import ConfigError
from watchkeeper.forwarding.load import load_forwarding
from watchkeeper.monitors.load import load_declared
from watchkeeper.monitors.unit_tests.load import files_of_tests, load_tests
from watchkeeper.project.source import parse_document
from watchkeeper.routing.load import load_on_call
from watchkeeper.routing.routes import load_routes

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


SHIPPED: Final = {
    "autoscaling": "autoscaling/*.yaml",
    "dashboards": "dashboards/*.yaml",
    "delivery": "platform/delivery.yaml",
    "forwarding": "platform/forwarding.yaml",
    "monitor-tests": "monitors/tests/*.yaml",
    "monitors": "monitors/*.yaml",
    "prices": "platform/prices.yaml",
    "routing": "platform/routing/*.yaml",
    "watchkeeper": "watchkeeper.yaml",
}
"""Where the files of each schema stand."""


def schema_named(root: Path, name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((root / FOLDER / f"{name}.schema.json").read_text()))


def plain(text: str, name: str) -> Any:
    """The values of a YAML file as JSON has them: dates are texts."""
    return json.loads(json.dumps(parse_document(text, name).data, default=str))


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_every_shipped_file_fits_its_schema(root: Path, name: str) -> None:
    """So that an editor shows no error where there is none."""
    files = sorted(root.glob(SHIPPED[name]))

    assert files
    for path in files:
        errors = schema_named(root, name).iter_errors(plain(path.read_text(), path.name))
        assert [error.message for error in errors] == []


def load_all(project: Path) -> None:
    """Whatever the commands read, for the environment prod. Raises ConfigError."""
    session = open_session(project, "prod", environ={})
    loaded = load_declared(session.project, session.environment)
    load_on_call(session.project, session.environment)
    load_routes(session.project, session.environment)
    load_dashboards(session.project, session.environment, loaded.monitors)
    load_forwarding(session.project)
    load_delivery(session.project)
    problems = load_tests(project, files_of_tests(project), "prod").problems
    if problems:
        raise ConfigError(problems)
    for service in session.environment.services:
        load_scaling(project, service.id, "prod")


@pytest.fixture
def copied(root: Path, tmp_path: Path) -> Path:
    """A copy of every file that has a schema."""
    for pattern in SHIPPED.values():
        for path in root.glob(pattern):
            goal = tmp_path / path.relative_to(root)
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, goal)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "was", "now"),
    [
        ("watchkeeper.yaml", "slack_account:", "slack_acount:"),
        ("watchkeeper.yaml", "log_retention_days: 90", "log_retention_days: 0"),
        ("watchkeeper.yaml", "container_insights: enhanced", "container_insights: lots"),
        ("watchkeeper.yaml", "cpu: 512", "cpu: much"),
        ("watchkeeper.yaml", "teams:", "temas:"),
        ("monitors/slos.yaml", "timeframe: 30d", "timeframe: 31d"),
        ("monitors/slos.yaml", "numerator:", "numerators:"),
        ("monitors/slos.yaml", "budget_percent: 2,", "budget_percent: 0,"),
        ("monitors/slos.yaml", "type: metric", "type: metrics"),
        ("monitors/edge.yaml", "urgency: page", "urgency: shout"),
        ("monitors/edge.yaml", "timeout_h: 1", "timeout_h: 25"),
        ("dashboards/service.yaml", "widgets:", "wigdets:"),
        ("autoscaling/api.yaml", "min:", "minimum:"),
        ("platform/forwarding.yaml", "metrics:", "metriks:"),
        ("platform/routing/people.yaml", "email:", "mail:"),
        ("platform/routing/schedules.yaml", "turn_days: 7", "turn_days: 0"),
        ("platform/routing/escalation_policies.yaml", "delay_minutes:", "delay:"),
        ("platform/routing/routes.yaml", "urgency: page", "urgency: shout"),
        ("platform/delivery.yaml", "environments:", "enviroments:"),
        ("monitors/tests/slos.yaml", "state: OK", "state: fine"),
        ("monitors/tests/slos.yaml", "expect:", "expects:"),
    ],
)
def test_what_a_loader_refuses_its_schema_refuses_too(root: Path, copied: Path, file: str, was: str, now: str) -> None:
    """Misspelt keys, values out of range, words that are not among the known ones."""
    text = (copied / file).read_text()
    assert was in text
    (copied / file).write_text(text.replace(was, now, 1))
    name = next(name for name, pattern in SHIPPED.items() if PurePath(file).match(pattern))

    with pytest.raises(ConfigError):
        load_all(copied)
    assert not schema_named(root, name).is_valid(plain((copied / file).read_text(), file))
