"""The layout that everything else relies on."""

import subprocess
import sys
from pathlib import Path


def test_the_folder_platform_never_shadows_the_standard_library(root: Path) -> None:
    """`import platform` in the project's root gives the standard library, because `platform/` is no package."""
    code = "import platform; print(platform.python_implementation())"

    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)

    assert done.stdout.strip() == sys.implementation.name.replace("cpython", "CPython"), done.stderr
    assert not (root / "platform" / "__init__.py").exists()
    assert not (root / "platform.py").exists()


def test_lock_files_name_no_registry_and_carry_hashes(root: Path) -> None:
    """A lock file works with any registry, and nothing but the locked bytes is installed."""
    locks = [*root.glob("locks/*.txt"), root / "platform/watchkeeper/sandbox/aws_extension/requirements.txt"]

    for lock in locks:
        text = lock.read_text()
        assert "://" not in text, lock
        assert "--hash=sha256:" in text, lock
    assert "resolved" not in (root / "package-lock.json").read_text()


def test_modules_stay_readable(root: Path) -> None:
    """No module is longer than 400 lines."""
    files = [
        path for folder in ("platform", "base_infra", "tests", "scripts") for path in (root / folder).rglob("*.py")
    ]

    assert {str(file): count for file in files if (count := len(file.read_text().splitlines())) > 400} == {}
