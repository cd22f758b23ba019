"""A project, an hour of errors in a file, and the sandbox with five hours of two metrics."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.backtest.command import ELB_5XX, LATENCY, START
from tests.projects import copied_declarations
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.process import Accounts, Sandbox, start_sandbox


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A copy of this project's declarations."""
    return copied_declarations(root, tmp_path / "project")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """An hour of a load balancer's own errors: 20 a minute from minute 10 to 19, and 30 from 40 to 44."""
    lines = ["timestamp,metric,value,tags"]
    for minute in range(60):
        value = 20 if 10 <= minute < 20 else 30 if 40 <= minute < 45 else 0
        lines.append(f"{START + 60 * minute},{ELB_5XX},{value},env:prod|loadbalancer:app")
    file = tmp_path / "elb.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture
def sandbox(project: Path) -> Iterator[Sandbox]:
    accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse")
    running = start_sandbox(project, accounts, pid=os.getpid(), now=START + 6 * 3600)
    for minute in range(300):
        at = START + 60 * minute
        series = running.datadog.store.series
        burst = 20 if 250 <= minute < 260 else 0
        series.add(ELB_5XX, frozenset({"env:local", "loadbalancer:app"}), at, burst, kind="count")
        for instance, value in (("writer", 80.0 if 100 <= minute < 120 else 10.0), ("reader", 5.0)):
            series.add(LATENCY, frozenset({"env:local", f"dbinstanceidentifier:{instance}"}), at, value)
    yield running
    running.close()
    remove_record(project)
