"""The README's commands are run as they stand there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """The declarations and the programs, without the rest of the checkout."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    for name in ("monitors", "dashboards", "platform/routing"):
        shutil.copytree(root / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(root / ".venv")
    return tmp_path


def test_every_console_block_of_the_readme_runs(root: Path, project: Path) -> None:
    """In the order in which they are shown."""
    blocks = re.findall(r"```console\n(.*?)```", (root / "README.md").read_text(), re.DOTALL)
    commands = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    assert len(commands) >= 5

    for command in commands:
        done = subprocess.run(command.split(), cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"


def test_the_readme_names_the_two_commands(root: Path) -> None:
    """And nothing else is needed."""
    assert "```sh\nmake demo\nmake test\n```" in (root / "README.md").read_text()
