"""`monitors backtest --live`: the series come from Datadog's query API, here the sandbox's."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.process import Accounts, Sandbox, start_sandbox

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import monitors; monitors()"]
START = 1_768_176_000
"""Monday 2026-01-12, midnight UTC."""
ERRORS = "aws.applicationelb.httpcode_elb_5xx"
LATENCY = "aws.rds.commit_latency"


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    for name in ("watchkeeper.yaml", "monitors", "platform/routing"):
        source, goal = root / name, tmp_path / name
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, goal) if source.is_dir() else shutil.copy(source, goal)
    return tmp_path


@pytest.fixture
def sandbox(project: Path) -> Iterator[Sandbox]:
    accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse")
    running = start_sandbox(project, accounts, pid=os.getpid(), now=START + 6 * 3600)
    for minute in range(300):
        at = START + 60 * minute
        series = running.datadog.store.series
        burst = 20 if 250 <= minute < 260 else 0
        series.add(ERRORS, frozenset({"env:local", "loadbalancer:app"}), at, burst, kind="count")
        for instance, value in (("writer", 80.0 if 100 <= minute < 120 else 10.0), ("reader", 5.0)):
            series.add(LATENCY, frozenset({"env:local", f"dbinstanceidentifier:{instance}"}), at, value)
    yield running
    running.close()
    remove_record(project)


def live(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        *PROGRAM, "backtest", "--live", "--monitor", "edge-elb-5xx", "--monitor", "db-commit-latency", "--from",
        str(START), "--to", str(START + 300 * 60), "--json", "--project", str(project), *arguments,
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_series_are_read_as_the_queries_ask_for_them_and_kept(project: Path, sandbox: Sandbox) -> None:
    """Over the border of two pieces, with groups; a second run sends no request."""
    done = live(project)

    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    by_id = {each["id"]: each for each in found["monitors"]}
    times = {
        name: [(change["at"][11:16], change["to"]) for group in each["groups"] for change in group["transitions"]]
        for name, each in by_id.items()
    }
    assert times["edge-elb-5xx"][1:] == [("04:13", "Alert"), ("04:23", "OK")]
    assert times["db-commit-latency"] == [("00:01", "OK"), ("00:01", "OK"), ("01:43", "Alert"), ("02:04", "OK")]
    # Two metrics, and three pieces of four hours that hold the period and the windows before it.
    assert found["requests"] == 6

    again = json.loads(live(project).stdout)

    assert again["requests"] == 0
    assert again["monitors"] == found["monitors"]


def test_a_period_is_needed(project: Path, sandbox: Sandbox) -> None:
    """And files and Datadog exclude each other."""
    command = [*PROGRAM, "backtest", "--project", str(project)]
    without = subprocess.run([*command, "--live"], capture_output=True, text=True, check=False)
    both = subprocess.run([*command, "--live", "--series", "x.csv"], capture_output=True, text=True, check=False)

    assert (without.returncode, both.returncode) == (2, 2)
    assert "add --since 30d" in without.stderr
    assert "the series come from files or from Datadog" in both.stderr


def test_an_account_that_does_not_answer_is_named_with_the_request(project: Path, sandbox: Sandbox) -> None:
    """Exit 1; what was read is kept."""
    for server in sandbox.servers:
        server.close()

    done = live(project)

    assert done.returncode == 1
    assert "(query max:aws.rds.commit_latency{env:local} by {dbinstanceidentifier}.rollup(avg, 60) from" in done.stderr
    assert "the answers so far are kept" in done.stderr
