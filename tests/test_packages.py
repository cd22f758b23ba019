"""What is published: a wheel and an sdist that work in an empty environment."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def packages(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both, built from the checkout."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(out)], cwd=root, check=True, capture_output=True
    )
    return out


def test_the_wheel_holds_the_engine_and_nothing_else(packages: Path) -> None:
    """One import package; content folders stay outside; the emulator's lock file is in it."""
    (wheel,) = packages.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"watchkeeper"}
    assert "watchkeeper/py.typed" in names
    assert "watchkeeper/sandbox/aws_extension/requirements.txt" in names


def test_the_sdist_holds_no_caches(packages: Path) -> None:
    """Neither environments nor node_modules."""
    (sdist,) = packages.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        tops = {Path(name).parts[1] for name in archive.getnames() if len(Path(name).parts) > 1}

    assert {"platform", "watchkeeper.yaml", "LICENSE"} <= tops
    assert not tops & {".venv", ".cache", "node_modules", "cdk.out", ".watchkeeper"}


def test_the_wheel_installs_into_an_empty_environment_and_answers_help(
    root: Path, packages: Path, tmp_path: Path
) -> None:
    """`monitors --help`, from outside of the checkout, with its dependencies from the lock."""
    uv = root / ".venv" / "bin" / "uv"
    venv = tmp_path / "venv"
    (wheel,) = packages.glob("*.whl")
    lock = root / "locks" / "dev.txt"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    python = str(venv / "bin" / "python")
    install = [str(uv), "pip", "install", "--quiet", "--python", python, "--constraint", str(lock), str(wheel)]
    subprocess.run(install, check=True, cwd=tmp_path)

    done = subprocess.run(
        [venv / "bin" / "monitors", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert "lint" in done.stdout
