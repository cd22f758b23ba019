"""What works without the extras of the package, and what is said where it does not."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from watchkeeper.cli.extras import missing_extra

HIDE = "import sys; sys.modules.update({}); "


def python(root: Path, code: str, *hidden: str) -> "subprocess.CompletedProcess[str]":
    hide = HIDE.format(dict.fromkeys(hidden or ("numpy", "pyarrow")))
    return subprocess.run(
        [sys.executable, "-c", hide + code], cwd=root, capture_output=True, text=True, check=False, timeout=60
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


@pytest.mark.parametrize(
    ("arguments", "module", "extra"),
    [
        (["sandbox", "up", "--no-aws", "--ttl", "1s"], "uvicorn", "sandbox"),
        (["lsp"], "pygls", "lsp"),
    ],
    ids=["sandbox", "lsp"],
)
def test_a_command_without_its_extra_names_it(root: Path, arguments: list[str], module: str, extra: str) -> None:
    """Whatever module is missing; nobody is told that it is a bug of watchkeeper."""
    done = python(
        root, f"from watchkeeper.cli.main import watchkeeper; sys.argv[1:] = {arguments}; watchkeeper()", module
    )

    assert done.returncode == 2
    assert f"install watchkeeper[{extra}]" in done.stderr
    assert "bug" not in done.stderr


def test_a_module_that_no_extra_has_is_not_excused() -> None:
    """That one is a bug of watchkeeper."""
    assert missing_extra("watchkeeper.nowhere") is None


def test_every_extra_of_the_package_is_known(root: Path) -> None:
    """A new one has to say which modules it brings."""
    declared = tomllib.loads((root / "pyproject.toml").read_text())["project"]["optional-dependencies"]

    found = [missing_extra(module) for module in ("numpy", "distributed", "aws_cdk", "pygls.server", "httpx")]

    assert {error.fix for error in found if error} == {f"install watchkeeper[{extra}]" for extra in declared}
