"""`sandbox up --detach` and `sandbox down`: a process of its own, ended by its recorded id and nothing else."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from watchkeeper.errors import UsageError
from watchkeeper.project.sandbox_record import SandboxRecord, is_running, read_record, remove_record

_START_S: Final = 120.0
_STOP_S: Final = 10.0


def start_detached(root: Path, env: str, ttl: str, port: int, *, has_aws: bool) -> SandboxRecord:
    """Start a sandbox that outlives this command, and wait until it answers. Raises UsageError with its last words."""
    before = read_record(root)
    if before is not None and is_running(before):
        raise UsageError(f"a sandbox runs already (process {before.pid})", "stop it: watchkeeper sandbox down")
    remove_record(root)
    folder = root.resolve() / ".watchkeeper"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = folder / "sandbox.log"
    command = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()", "sandbox", "up"]
    with log.open("w") as output:
        child = subprocess.Popen(  # noqa: S603 - our own program
            [
                *command,
                "--project",
                str(root.resolve()),
                "--env",
                env,
                "--ttl",
                ttl,
                "--port",
                str(port),
                *([] if has_aws else ["--no-aws"]),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    limit = time.monotonic() + _START_S
    while time.monotonic() < limit:
        record = read_record(root)
        if record is not None and record.pid == child.pid:
            return record
        if child.poll() is not None:
            raise _last_words(log)
        time.sleep(0.02)
    child.terminate()
    raise UsageError("the sandbox did not start in time", f"see {log}")


def _last_words(log: Path) -> UsageError:
    """What a sandbox said before it ended; its own way to mend it, where it told one."""
    lines = [line.strip() for line in log.read_text().splitlines() if line.strip()]
    what = lines[0].removeprefix("error: ") if lines else "no reason given"
    fix = next((line.removeprefix("fix: ") for line in lines if line.startswith("fix: ")), f"see {log}")
    return UsageError(f"the sandbox did not start: {what}", fix)


def stop_recorded(root: Path) -> bool:
    """End the recorded sandbox; whether there was one. The pid is checked against its start time first."""
    record = read_record(root)
    if record is None or not is_running(record):
        remove_record(root)
        return False
    os.kill(record.pid, signal.SIGTERM)
    limit = time.monotonic() + _STOP_S
    while is_running(record) and time.monotonic() < limit:
        time.sleep(0.02)
    if is_running(record):
        os.kill(record.pid, signal.SIGKILL)
        remove_record(root)
    return True
