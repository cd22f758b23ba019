"""Rule aurora-never-pauses."""

from dataclasses import replace

from tests.autoscaling.lint.conftest import CPU, HEAD
from tests.conftest import ROOT
from watchkeeper.autoscaling.lint import aurora_never_pauses
from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.autoscaling.load import Declared, build_scaling
from watchkeeper.project.load import load_project
from watchkeeper.project.source import parse_document


def findings(min_acu: float, head: str = HEAD, pool: str = "connections_per_task: 5\n") -> list[str]:
    dev = load_project(ROOT).environment("dev")
    document = parse_document(head + pool + CPU, "autoscaling/api.yaml")
    declared = Declared(build_scaling(document, "api", "dev"), document, "dev")
    environment = replace(dev, database=replace(dev.database, min_acu=min_acu))
    return [each.what for each in aurora_never_pauses.check(Subject(declared=declared, environment=environment))]


def test_a_pool_that_keeps_a_pausing_database_awake_is_found() -> None:
    """Two tasks always run."""
    assert findings(0) == ["the database may pause, but 2 tasks of `api` always hold connections to it"]


def test_half_a_unit_no_tasks_or_no_pool_is_no_finding() -> None:
    """Silence."""
    assert findings(0.5) == []
    assert findings(0, HEAD.replace("min: 2", "min: 0")) == []
    assert findings(0, pool="") == []
