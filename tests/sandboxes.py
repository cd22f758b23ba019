"""The sandbox of this project's accounts, in the process of the test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.process import Accounts, AwsAccount, Sandbox, start_sandbox

NOW = 1_764_000_000
"""2025-11-24T16:00:00Z."""
_ACCOUNTS = Accounts(owner_email="ana@example.com", slack_account="lighthouse")


@contextmanager
def running_sandbox(folder: Path, *, aws: AwsAccount | None = None, now: int = NOW) -> Iterator[Sandbox]:
    """One whose record lies in a folder; both are gone afterwards, whatever happened between."""
    running = start_sandbox(folder, replace(_ACCOUNTS, aws=aws), pid=os.getpid(), now=now)
    try:
        yield running
    finally:
        running.close()
        remove_record(folder)
