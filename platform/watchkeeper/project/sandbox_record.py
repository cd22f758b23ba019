"""`.watchkeeper/sandbox.json`: where the running sandbox listens and with which generated keys.

Written by `watchkeeper sandbox up` (mode 0600), read by every command of the environment `local`, and by nothing else.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from watchkeeper.errors import UsageError

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxRecord:
    """A sandbox that was started.

    pid, started: the process that holds it, and that process's start time as the system tells it (a pid alone may be
    another process by now). urls: datadog, pagerduty, pagerduty_events, slack, aws, control. keys: generated ones.
    env: the environment that it plays; its AWS account is the one that virtual time moves.
    """

    pid: int
    started: str
    urls: Mapping[str, str]
    keys: Mapping[str, str] = field(repr=False)
    seed: int = 0
    env: str = "local"


def record_path(root: Path) -> Path:
    """Where the record of a project's sandbox lies."""
    return root / ".watchkeeper" / "sandbox.json"


def write_record(root: Path, record: SandboxRecord) -> None:
    """Write the record so that only this user can read it, whole or not at all."""
    path = record_path(root)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"schema_version": SCHEMA_VERSION, **asdict(record)}, file, indent=2)
    draft.replace(path)


def remove_record(root: Path) -> None:
    """Forget the sandbox; one that is forgotten already is no error."""
    record_path(root).unlink(missing_ok=True)


def read_record(root: Path) -> SandboxRecord | None:
    """The record, if there is a readable one; says nothing about whether the sandbox still runs."""
    try:
        data = json.loads(record_path(root).read_text())
        if data.pop("schema_version") != SCHEMA_VERSION:
            return None
        return SandboxRecord(**data)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def running_sandbox(root: Path) -> SandboxRecord:
    """The sandbox that runs for this project. Raises UsageError when there is none."""
    record = read_record(root)
    if record is None or not is_running(record):
        what = "the sandbox is down" if record is None else "the sandbox is down (its process has ended)"
        raise UsageError(what, "start it: watchkeeper sandbox up --detach")
    return record


def is_running(record: SandboxRecord) -> bool:
    """Whether the process that started the sandbox is still that process."""
    return process_started(record.pid) == record.started


def process_started(pid: int) -> str:
    """When a process began, in whatever form the system tells it; empty when there is no such process."""
    with suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text()
        state, *rest = stat.rpartition(")")[2].split()
        return "" if state == "Z" else f"ticks {rest[18]}"
    if Path("/proc/self/stat").exists():
        return ""
    done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607 - macOS has no /proc
    return done.stdout.strip()
