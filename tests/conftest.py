"""What tests share: the project's root, the conformance corpus, and the rule that CI skips nothing it must run."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no fault of what is tested: tests assert no times.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
CORPUS = Path(os.environ.get("WATCHKEEPER_CORPUS", ROOT.parent / "shared" / "data"))
GO = shutil.which("go")
GO_VERSION = subprocess.run([GO, "version"], capture_output=True, text=True, check=False).stdout if GO else ""
HAS_GO = int((re.search(r"go1\.(\d+)", GO_VERSION) or ["", "0"])[1]) >= 26
HAS_POSTGRESQL = bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what this machine cannot run; in CI a missing program or corpus is a failure."""
    in_ci = bool(os.environ.get("WATCHKEEPER_CI"))
    for item in items:
        if item.get_closest_marker("corpus") and not CORPUS.is_dir() and not in_ci:
            item.add_marker(pytest.mark.skip(reason=f"no conformance corpus at {CORPUS} (WATCHKEEPER_CORPUS)"))
        if item.get_closest_marker("browser") and not CHROMIUM and not in_ci:
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
        if item.get_closest_marker("go") and not HAS_GO and not in_ci:
            item.add_marker(pytest.mark.skip(reason="no Go 1.26 or newer on this machine"))
        if item.get_closest_marker("postgresql") and not HAS_POSTGRESQL and not in_ci:
            item.add_marker(pytest.mark.skip(reason="no PostgreSQL on this machine"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The conformance corpus; use it with the marker `corpus`."""
    assert CORPUS.is_dir(), f"no conformance corpus at {CORPUS}"
    return CORPUS
