"""The guided tour, whole: the program, the emulated AWS, the stand-ins, hours of virtual time."""

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()", "demo", "--json"]
DECLARED = ("app.py", "cdk.json", "cdk.context.json", "watchkeeper.yaml")
FOLDERS = ("base_infra", "monitors", "dashboards", "autoscaling", "demo", "platform/routing")
EVENING = """\
start: 2026-11-24T17:30:00Z
minutes: 150
seed: 7
day:
  night_rps: 30
  noise: 0.015
  peak_rps: 110
  flash_crowd: {at_m: 30, factor: 2.2, hold_m: 20, fall_m: 15}
shares: {api: 0.95, reports: 0.05}
fault: {what: aurora-slow, factor: 150, at_m: 40, until_m: 60}
acknowledge_after_m: 7
"""


@dataclass(frozen=True)
class Played:
    """What a run answered, and what it narrated."""

    answer: dict[str, Any]
    story: str

    @property
    def out(self) -> list[dict[str, Any]]:
        return [each for each in self.answer["scaling"] if each["to"] > each["from"]]

    @property
    def back(self) -> list[dict[str, Any]]:
        return [each for each in self.answer["scaling"] if each["to"] < each["from"]]


def copy_project(root: Path, goal: Path) -> Path:
    """A copy of this project's declarations, with an evening of two and a half hours to play."""
    for name in DECLARED:
        shutil.copy(root / name, goal)
    for name in FOLDERS:
        shutil.copytree(root / name, goal / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "platform" / "forwarding.yaml", goal / "platform")
    (goal / "demo" / "evening.yaml").write_text(EVENING)
    return goal


def demo(project: Path, *arguments: str, exits: int = 0) -> Played:
    command = [*PROGRAM, "--project", str(project), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    assert done.returncode == exits, done.stderr
    assert not (project / ".watchkeeper" / "sandbox.json").exists(), "the sandbox was not taken down"
    return Played(json.loads(done.stdout), done.stderr)


@pytest.fixture(scope="session")
def play(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Played]:
    """Plays a scenario once for all tests that ask for it."""
    found: dict[tuple[str, ...], Played] = {}

    def run(*arguments: str) -> Played:
        if arguments not in found:
            project = copy_project(root, tmp_path_factory.mktemp("demo"))
            found[arguments] = demo(project, *arguments)
        return found[arguments]

    return run


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    return copy_project(root, tmp_path)


EVENING_FILE = ("--scenario", "demo/evening.yaml")


@pytest.mark.emulator
def test_a_slow_database_pages_the_owner_and_the_recovery_is_told(play: Callable[..., Played]) -> None:
    """The day of `make demo`: the fault lies at 18:40 to 19:05; the page comes within two minutes and resolves after.

    On that Tuesday evening Bo has checkout's week and Dara platform's; Bo does not answer within five minutes.
    """
    played = play()

    page = played.answer["page"]
    assert (page["monitor"], page["handle"]) == ("edge-5xx", "pagerduty-api-local")
    assert "2026-11-24T18:40:00Z" < page["triggered_at"] <= "2026-11-24T18:42:00Z"
    assert "2026-11-24T19:05:00Z" < page["resolved_at"] <= "2026-11-24T19:11:00Z"
    assert (page["incident"], page["assignee"]) == ("Q0000000000001", "Bo Larsen")
    assert page["escalated_to"] == ["Dara Okafor"]
    assert page["acknowledged_at"] == page["triggered_at"].replace(":41:", ":48:")
    assert played.answer["slack_messages"] > 0
    assert played.answer["synced"] == {"monitors": 30, "dashboards": 2, "routing": 21}
    assert played.answer["deployed"]["stacks"] == 6
    assert "aurora-slow injected" in played.story


@pytest.mark.emulator
def test_the_crowd_alone_scales_out_and_in_and_pages_nobody(play: Callable[..., Played]) -> None:
    """Every scale-out names the AlarmHigh that asked for it, and every monitor stands at OK in a healthy system."""
    played = play(*EVENING_FILE, "--no-fault")

    assert played.answer["page"] is None
    assert played.out
    assert played.back
    assert all("AlarmHigh" in each["cause"] for each in played.out)
    assert all("AlarmLow" in each["cause"] for each in played.back)
    assert set(played.answer["monitors"].values()) == {"OK"}
    assert len(played.answer["monitors"]) == 28


@pytest.mark.emulator
def test_the_count_follows_from_the_breaching_datapoints(play: Callable[..., Played]) -> None:
    """Three datapoints above the target; the first count is the running one in the ratio of the last to the target."""
    first = play(*EVENING_FILE, "--no-fault").out[0]

    assert len(first["datapoints"]) == 3
    assert all(value > first["target"] for value in first["datapoints"])
    assert first["to"] == math.ceil(first["from"] * first["datapoints"][-1] / first["target"])


@pytest.mark.emulator
def test_with_scaling_suspended_there_is_no_activity(play: Callable[..., Played]) -> None:
    """The same evening without dynamic scaling."""
    assert play(*EVENING_FILE, "--suspend-scaling").answer["scaling"] == []


@pytest.mark.emulator
def test_equal_seeds_give_equal_answers(play: Callable[..., Played], project: Path) -> None:
    """Every figure, id and instant; only the report's path is another."""
    one, other = play(*EVENING_FILE).answer, demo(project, *EVENING_FILE).answer

    assert {**one, "report": ""} == {**other, "report": ""}


@pytest.mark.emulator
def test_with_the_route_removed_the_fault_pages_nobody_and_the_demo_says_so(project: Path) -> None:
    """What `monitors sync` refuses, a rehearsal plays to its end: exit 1."""
    routes = project / "platform" / "routing" / "routes.yaml"
    text = routes.read_text()
    begin = text.index("  - id: page-service")
    routes.write_text(text[:begin] + text[text.index("  - id:", begin + 5) :])

    played = demo(project, *EVENING_FILE, exits=1)

    assert played.answer["page"] is None
    assert "monitor `api/edge-5xx` reaches nobody" in played.story
    assert "nobody was paged" in played.story
    alerts = [each for each in played.answer["transitions"] if each["to"] == "Alert"]
    assert any(each["monitor"].endswith("/api/edge-5xx") for each in alerts)


@pytest.mark.emulator
def test_with_the_firehose_stopped_the_watched_goes_dark_and_the_pipes_monitor_pages(
    play: Callable[..., Played],
) -> None:
    """Stopped from 12:30 to 13:00: the load balancer's monitors lose their data, `pipe-silent` pages, all come back."""
    answer = play("--scenario", "demo/firehose-stopped.yaml").answer

    dark = {each["monitor"] for each in answer["transitions"] if each["to"] == "No Data" and each["at"][11:] > "12:3"}
    assert "lighthouse/local/api/edge-no-healthy-target" in dark
    assert "lighthouse/local/api/edge-latency-p99" in dark
    assert answer["page"]["monitor"] == "pipe-silent"
    assert "2026-11-24T12:40:00Z" <= answer["page"]["triggered_at"] <= "2026-11-24T12:45:00Z"
    assert answer["page"]["resolved_at"] > "2026-11-24T13:00:00Z"
    assert set(answer["monitors"].values()) == {"OK"}


@pytest.mark.corpus
@pytest.mark.emulator
def test_recorded_traffic_scales_and_pages_too(play: Callable[..., Played], corpus: Path) -> None:
    """Request counts of a real load balancer, two and a half hours around their maximum, scaled to the scenario's peak.

    Which part is played without `--from` and `--to` is shown in test_demand.py.
    """
    trace = str(corpus / "traces" / "nab_elb_requests_5min.csv")
    part = ("--from", "2014-04-22T18:34:00Z", "--to", "2014-04-22T21:04:00Z")

    played = play(*EVENING_FILE, "--trace", trace, *part)

    assert "2014-04-22T18:34:00Z to 2014-04-22T21:04:00Z" in played.answer["traffic"]
    assert "one unit is 0.1677 requests per second" in played.answer["traffic"]
    assert played.answer["page"]["resolved_at"] is not None
    assert played.answer["slack_messages"] > 0
    first = played.out[0]
    assert "AlarmHigh" in first["cause"]
    assert first["to"] == math.ceil(first["from"] * first["datapoints"][-1] / first["target"])


@pytest.mark.parametrize(
    ("content", "arguments", "text"),
    [
        ("timestamp,value\n2026-01-01T00:00:00Z,1\nyesterday,2\n", (), "trace.csv:3:1"),
        ("timestamp,value\n60,1\n60,2\n", (), "not later than the one before"),
        ("time,requests\n60,1\n", (), "a trace begins with `timestamp,value`"),
        ("timestamp,value\n60,1\n120,2\n", ("--from", "1990-01-01T00:00:00Z"), "is not a part of the trace"),
        ("timestamp,value\n60,1\n120,2\n", ("--from", "noon"), "is not an instant"),
        ("timestamp,value\n60,0\n120,0\n", (), "holds no traffic"),
    ],
    ids=["bad row", "duplicate", "header", "outside", "no instant", "silence"],
)
def test_a_wrong_trace_is_told_with_its_row(project: Path, content: str, arguments: tuple[str, ...], text: str) -> None:
    """Exit code 2 before anything is started."""
    (project / "trace.csv").write_text(content)
    command = [*PROGRAM, "--project", str(project), "--trace", str(project / "trace.csv"), *arguments]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert text in done.stderr
    assert "sandbox:" not in done.stderr


def test_a_wrong_scenario_is_told_with_its_place(project: Path) -> None:
    """Exit code 2, file and line."""
    (project / "demo" / "scenario.yaml").write_text("start: soon\nminutes: 10\nseed: 1\nday: {night_rps: 1}\n")
    command = [*PROGRAM, "--project", str(project)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "demo/scenario.yaml:" in done.stderr
    assert "peak_rps" in done.stderr
