"""The guided tour, whole: the program, the sandbox, a day of virtual time."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()", "demo", "--json"]


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A copy of this project's declarations."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    for name in ("monitors", "dashboards", "autoscaling", "demo", "platform/routing"):
        shutil.copytree(root / name, tmp_path / name)
    return tmp_path


def demo(project: Path, *arguments: str, exits: int = 0) -> tuple[dict[str, Any], str]:
    command = [*PROGRAM, "--project", str(project), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == exits, done.stderr
    assert not (project / ".watchkeeper" / "sandbox.json").exists(), "the sandbox was not taken down"
    return json.loads(done.stdout), done.stderr


def test_a_slow_database_pages_the_owner_and_the_recovery_is_told(project: Path) -> None:
    """The fault lies at 18:40 to 19:05; the page comes within two minutes and resolves after it.

    On that Tuesday evening Bo has checkout's week and Dara platform's; Bo does not answer within five minutes.
    """
    answer, story = demo(project)

    page = answer["page"]
    assert (page["monitor"], page["handle"]) == ("edge-5xx", "pagerduty-api-local")
    assert "2026-11-24T18:40:00Z" < page["triggered_at"] <= "2026-11-24T18:42:00Z"
    assert "2026-11-24T19:05:00Z" < page["resolved_at"] <= "2026-11-24T19:11:00Z"
    assert (page["incident"], page["assignee"]) == ("Q0000000000001", "Bo Larsen")
    assert page["escalated_to"] == ["Dara Okafor"]
    assert page["acknowledged_at"] == page["triggered_at"].replace(":41:", ":48:")
    assert answer["slack_messages"] > 0
    assert answer["synced"] == {"monitors": 26, "dashboards": 2, "routing": 21}
    assert "aurora-slow injected" in story


def test_the_crowd_alone_scales_out_and_in_and_pages_nobody(project: Path) -> None:
    """Every scale-out names the AlarmHigh that asked for it."""
    answer, _ = demo(project, "--no-fault")

    out = [each for each in answer["scaling"] if each["to"] > each["from"]]
    back = [each for each in answer["scaling"] if each["to"] < each["from"]]
    assert answer["page"] is None
    assert out
    assert back
    assert all("AlarmHigh" in each["cause"] for each in out)
    assert all("AlarmLow" in each["cause"] for each in back)


def test_with_scaling_suspended_there_is_no_activity(project: Path) -> None:
    """The same day without dynamic scaling."""
    answer, _ = demo(project, "--suspend-scaling")

    assert answer["scaling"] == []


def test_equal_seeds_give_equal_answers(project: Path) -> None:
    """Byte for byte."""
    assert demo(project)[0] == demo(project)[0]


def test_a_fault_that_pages_nobody_ends_with_exit_code_1(project: Path) -> None:
    """The urgency of every page is lowered: the demo says so."""
    edge = project / "monitors" / "edge.yaml"
    edge.write_text(edge.read_text().replace("urgency: page", "urgency: notify"))

    answer, story = demo(project, exits=1)

    assert answer["page"] is None
    assert "nobody was paged" in story


def test_a_wrong_scenario_is_told_with_its_place(project: Path) -> None:
    """Exit code 2, file and line."""
    (project / "demo" / "scenario.yaml").write_text("start: soon\nminutes: 10\nseed: 1\nday: {night_rps: 1}\n")
    command = [*PROGRAM, "--project", str(project)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "demo/scenario.yaml:" in done.stderr
    assert "peak_rps" in done.stderr
