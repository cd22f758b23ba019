"""Lint rules are tested on a file as a user writes it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from watchkeeper.errors import Problem
from watchkeeper.monitors.lint import lint_monitors
from watchkeeper.monitors.load import load_monitors
from watchkeeper.project.load import load_project

Lint = Callable[..., list[Problem]]
PLAIN = {
    "id": "m",
    "name": "m",
    "type": "query alert",
    "urgency": "notify",
    "query": "avg(last_5m):avg:a{*} > 1",
    "message": "text",
}


@pytest.fixture
def lint(root: Path, tmp_path: Path) -> Lint:
    """Give the lines of a monitor that differ from a faultless one; get the findings."""

    def run(**changes: str) -> list[Problem]:
        shutil.copy(root / "watchkeeper.yaml", tmp_path)
        (tmp_path / "monitors").mkdir(exist_ok=True)
        lines = [f"{key}: {value}" for key, value in {**PLAIN, **changes}.items()]
        (tmp_path / "monitors" / "m.yaml").write_text("monitors:\n  - " + "\n    ".join(lines) + "\n")
        project = load_project(tmp_path)
        return [problem for _, problem in lint_monitors(load_monitors(project, project.environment("prod")))]

    return run
