"""The sandbox as a process: its servers, its record, and how it ends."""

import secrets
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

from watchkeeper.errors import UsageError
from watchkeeper.project.sandbox_record import (
    SandboxRecord,
    is_running,
    process_started,
    read_record,
    remove_record,
    write_record,
)
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.app import DatadogSandbox
from watchkeeper.sandbox.serving import Server

_TICK_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The stand-ins that run in this process, and their clock."""

    clock: Clock
    datadog: DatadogSandbox
    datadog_server: Server
    record: SandboxRecord

    def close(self) -> None:
        """Stop the servers."""
        self.datadog_server.close()
        self.datadog.store.close()


def start_sandbox(root: Path, *, pid: int, now: int, port: int = 0) -> Sandbox:
    """Start the servers and write the record. Raises UsageError when one runs already, or the port is taken."""
    before = read_record(root)
    if before is not None and is_running(before):
        raise UsageError(f"a sandbox runs already (process {before.pid})", "stop it: watchkeeper sandbox down")
    keys = {"datadog_api_key": secrets.token_hex(16), "datadog_app_key": secrets.token_hex(20)}
    clock = Clock(now)
    datadog = DatadogSandbox(clock, api_key=keys["datadog_api_key"], app_key=keys["datadog_app_key"])
    server = Server(datadog.app, port)
    server.start()
    record = SandboxRecord(pid=pid, started=process_started(pid), urls={"datadog": server.url}, keys=keys)
    write_record(root, record)
    return Sandbox(clock, datadog, server, record)


def hold_sandbox(root: Path, sandbox: Sandbox, ttl_s: float | None, on_ready: Callable[[], None]) -> None:
    """Serve until SIGTERM, SIGINT or the end of the time to live; then forget the record."""
    ended = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    limit = None if ttl_s is None else time.monotonic() + ttl_s
    on_ready()
    try:
        while not ended.wait(_TICK_S) and (limit is None or time.monotonic() < limit):
            pass
    finally:
        sandbox.close()
        remove_record(root)
