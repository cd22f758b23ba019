"""References of composites to declared monitors."""

import shutil
from pathlib import Path

import pytest

from watchkeeper.commands.session import open_session
from watchkeeper.errors import ConfigError
from watchkeeper.monitors.load import load_monitors
from watchkeeper.monitors.model import Monitor

BOTH = """\
monitors:
  - id: api-in-trouble
    for_each: services
    name: "<< service.name >>: errors at both ends"
    type: composite
    query: << monitor('edge-5xx') >> && << monitor('NAME') >>
    urgency: page
    runbook: https://runbooks.example.com/both
    message: Both.
"""


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A copy of this project's declarations."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    shutil.copytree(root / "monitors", tmp_path / "monitors")
    return tmp_path


def loaded(project: Path, name: str, only: Path | None = None) -> list[Monitor]:
    (project / "monitors" / "both.yaml").write_text(BOTH.replace("NAME", name))
    session = open_session(project, "prod", environ={})
    return load_monitors(session.project, session.environment, only)


@pytest.mark.parametrize("only", [None, Path("monitors/both.yaml")], ids=["all files", "one file"])
def test_a_reference_is_spelled_in_full(project: Path, only: Path | None) -> None:
    """The monitor of the same service, else that of the environment; from whatever file they come."""
    queries = {monitor.identity.short: monitor.query for monitor in loaded(project, "edge-elb-5xx", only)}

    assert queries["api/api-in-trouble"] == "${monitor:api/edge-5xx} && ${monitor:edge-elb-5xx}"


def test_a_reference_to_nobody_is_a_problem_at_its_place(project: Path) -> None:
    """Once, however many services repeat it, with what was probably meant."""
    with pytest.raises(ConfigError) as caught:
        loaded(project, "edge-elb-5x")

    (problem,) = caught.value.problems
    assert problem.what == "`prod` has no monitor `edge-elb-5x`"
    assert "edge-elb-5xx" in problem.fix
    assert problem.where
    assert (problem.where.file, problem.where.line, problem.where.column) == ("monitors/both.yaml", 6, 41)
