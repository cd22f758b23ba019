"""The sandbox as processes: nothing is left, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from watchkeeper.project.sandbox_record import process_started, read_record

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()", "sandbox", "up"]


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    (tmp_path / "watchkeeper.yaml").write_text((root / "watchkeeper.yaml").read_text())
    return tmp_path


def within(seconds: float, is_true: Callable[[], object]) -> bool:
    """Whether something becomes true in time."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if is_true():
            return True
        time.sleep(0.05)
    return False


def children(pid: int) -> list[int]:
    """Processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]


@pytest.mark.emulator
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="this system has no /proc to look for children in")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["terminated", "killed"])
def test_the_emulated_aws_ends_with_the_sandbox(project: Path, number: signal.Signals) -> None:
    """It holds a pipe to the process that started it, and the end of the file is the end of it."""
    process = subprocess.Popen([*PROGRAM, "--project", str(project)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert within(40, lambda: read_record(project)), "the sandbox did not start"
    (emulator,) = children(process.pid)
    born = process_started(emulator)

    process.send_signal(number)
    process.communicate()

    assert born
    assert within(10, lambda: process_started(emulator) != born)


def test_a_forgotten_sandbox_ends_by_itself(project: Path) -> None:
    """After its time to live, with exit code 0 and without a record."""
    command = [*PROGRAM, "--no-aws", "--ttl", "1s", "--project", str(project)]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env={**os.environ})

    assert done.returncode == 0, done.stderr
    assert read_record(project) is None
