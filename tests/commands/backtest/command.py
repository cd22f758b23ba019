"""`monitors backtest` as a user types it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

PROGRAM: Final = [sys.executable, "-c", "from watchkeeper.cli.main import monitors; monitors()"]
START: Final = 1_768_176_000
"""Monday 2026-01-12, midnight UTC."""
ELB_5XX: Final = "aws.applicationelb.httpcode_elb_5xx"
LATENCY: Final = "aws.rds.commit_latency"


def monitors(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *arguments, "--project", str(project)]
    environ = {**os.environ, "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ)


def backtest(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return monitors(project, "backtest", "--env", "prod", "--monitor", "edge-elb-5xx", *arguments)


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def live(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Five hours of two monitors, on the series of the sandbox."""
    return subprocess.run(live_command(project, *arguments), capture_output=True, text=True, check=False)


def live_command(project: Path, *arguments: str) -> list[str]:
    return [
        *PROGRAM, "backtest", "--live", "--monitor", "edge-elb-5xx", "--monitor", "db-commit-latency", "--from",
        str(START), "--to", str(START + 300 * 60), "--json", "--project", str(project), *arguments,
    ]  # fmt: skip
