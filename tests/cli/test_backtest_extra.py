"""What works without the extra `backtest`."""

import subprocess
import sys
from pathlib import Path

HIDE = "import sys; sys.modules.update(numpy=None, pyarrow=None); "


def python(root: Path, code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", HIDE + code], cwd=root, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_evaluator_and_the_sandbox_do_without_numpy(root: Path) -> None:
    """The reference is plain Python; unit tests and live alerting run on it."""
    modules = "watchkeeper.monitors.alerting, watchkeeper.commands.monitors.unit_tests, watchkeeper.sandbox.datadog.app"

    done = python(root, f"import {modules}")

    assert done.returncode == 0, done.stderr


def test_a_backtest_without_its_extra_names_it(root: Path) -> None:
    """Exit code 2, and what to install."""
    done = python(
        root, "from watchkeeper.cli.main import monitors; sys.argv[1:] = ['backtest', '--series', 'x.csv']; monitors()"
    )

    assert done.returncode == 2
    assert "install watchkeeper[backtest]" in done.stderr
    assert "Traceback" not in done.stderr
