"""Copies of this project's own declarations, for tests that change them."""

import shutil
from pathlib import Path


def copied_declarations(root: Path, goal: Path) -> Path:
    """The project file, monitors with their tests, and routing, in a folder that is made if it is not there."""
    (goal / "platform").mkdir(parents=True, exist_ok=True)
    shutil.copy(root / "watchkeeper.yaml", goal)
    for name in ("monitors", "platform/routing"):
        shutil.copytree(root / name, goal / name)
    return goal
