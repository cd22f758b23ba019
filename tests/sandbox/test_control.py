"""`sandbox clock` and `sandbox reset` as a user runs them, against a sandbox without AWS."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandboxes import running_sandbox
from watchkeeper.sandbox.process import Sandbox

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()", "sandbox"]
NOW = 1_764_000_000  # 2025-11-24T16:00:00Z


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path, now=NOW) as running:
        yield running


def ask(tmp_path: Path, *arguments: str, exits: int = 0) -> dict[str, Any]:
    command = [*PROGRAM, *arguments, "--json", "--project", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == exits, done.stderr
    return json.loads(done.stdout) if done.stdout else {"error": done.stderr}


@pytest.fixture
def datadog(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Whoever submits a metric that a monitor watches."""
    keys = sandbox.record.keys
    headers = {"DD-API-KEY": keys["datadog_api_key"], "DD-APPLICATION-KEY": keys["datadog_app_key"]}
    with httpx.Client(base_url=sandbox.record.urls["datadog"], headers=headers, trust_env=False) as client:
        monitor = {"type": "query alert", "name": "queue", "query": "avg(last_5m):avg:queue.length{*} > 10"}
        client.post("/api/v1/monitor", json=monitor).raise_for_status()
        yield client


def test_submitted_series_alert_when_the_clock_is_stepped(datadog: httpx.Client, tmp_path: Path) -> None:
    """Virtual time stands still until then; each step tells what happened in it."""
    point = {"metric": "queue.length", "type": 3, "points": [{"timestamp": NOW, "value": 50}]}
    datadog.post("/api/v2/series", json={"series": [point]}).raise_for_status()

    answer = ask(tmp_path, "clock", "step", "2m")

    assert answer["now"] == "2025-11-24T16:02:00Z"
    assert [event["title"] for event in answer["events"]] == ["[Triggered] queue"]


def test_the_clock_is_set_forward_and_never_back(sandbox: Sandbox, tmp_path: Path) -> None:
    """The way out of a wrong time is a reset."""
    assert ask(tmp_path, "clock", "set", "2025-11-24T17:00:00Z")["now"] == "2025-11-24T17:00:00Z"
    assert "never goes back" in ask(tmp_path, "clock", "set", "2025-11-24T16:30:00Z", exits=2)["error"]
    assert ask(tmp_path, "reset", "--at", "2025-11-24T16:30:00Z")["now"] == "2025-11-24T16:30:00Z"


def test_the_clock_runs_at_a_pace(sandbox: Sandbox, tmp_path: Path) -> None:
    """At 6000 virtual seconds a real one, three minutes are over at once."""
    command = [*PROGRAM, "clock", "run", "--for", "3m", "--speed", "6000", "--project", str(tmp_path)]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["2025-11-24T16:01:00Z", "2025-11-24T16:02:00Z", "2025-11-24T16:03:00Z"]


def test_a_reset_forgets_every_object_and_keeps_addresses_and_keys(
    sandbox: Sandbox, datadog: httpx.Client, tmp_path: Path
) -> None:
    """The owner of the PagerDuty account is there from the beginning again."""
    ask(tmp_path, "reset")

    assert datadog.get("/api/v1/monitor").json() == []
    key = {"Authorization": f"Token token={sandbox.record.keys['pagerduty_api_key']}"}
    users = httpx.get(f"{sandbox.record.urls['pagerduty']}/users", headers=key, trust_env=False).json()["users"]
    assert [user["email"] for user in users] == ["ana@example.com"]


def test_nobody_moves_the_clock_without_its_key(sandbox: Sandbox) -> None:
    """The key lies in the record, which only its owner can read."""
    answer = httpx.post(f"{sandbox.record.urls['control']}/clock", json={"step_s": 60}, trust_env=False)

    assert answer.status_code == 403
    assert sandbox.clock.now == NOW


def test_with_the_sandbox_down_the_way_to_start_it_is_told(tmp_path: Path) -> None:
    """Exit code 2."""
    assert "watchkeeper sandbox up" in ask(tmp_path, "clock", "show", exits=2)["error"]


def test_the_metrics_intake_is_broken_and_mended(sandbox: Sandbox, tmp_path: Path) -> None:
    """As `sandbox intake` says; a reset mends it too."""
    ask(tmp_path, "intake", "429")
    assert sandbox.datadog.aws_metrics.refuses_with == 429

    ask(tmp_path, "intake", "ok")
    assert sandbox.datadog.aws_metrics.refuses_with == 0

    ask(tmp_path, "intake", "503")
    ask(tmp_path, "reset")
    assert sandbox.datadog.aws_metrics.refuses_with == 0
