"""Lint of files as users write them."""

import shutil
from pathlib import Path

import pytest

from tests.monitors.lint.declared_files import Files


@pytest.fixture
def files(root: Path, tmp_path: Path) -> Files:
    """A project with the environments of this one, and no monitors yet."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    return Files(tmp_path)
