"""`sandbox replay`: the program, the emulated AWS, the stand-ins, and files of what is expected."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.commands.test_demo import copy_project

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()", "sandbox", "replay"]
SHORT = """\
start: 2026-11-24T12:00:00Z
minutes: 16
seed: 7
day: {night_rps: 20, peak_rps: 20, noise: 0}
shares: {api: 0.9, reports: 0.1}
"""
STORM = """\
{"at": "2026-11-24T12:02:00Z", "kind": "scaling", "service": "reports", "detail": {"to": 3}}
{"at": "2026-11-24T12:04:30Z", "kind": "deploy", "service": "api", "detail": {"breaks": "health-checks"}}
{"at": "+6m", "kind": "note", "title": "somebody looks at it"}
{"at": "+10m", "kind": "workload", "service": "api", "title": "a crowd", "detail": {"factor": 4}}
"""
EXPECTED = """\
pages: []
slack: []
scaling:
  - {at: +2m, service: reports, before: 2, after: 3}
  - {at: +13m, service: api, before: 2, after: 3, policy: /cpu|requests/}    # both ask for three
  - {at: +15m, service: reports, before: 3, after: 2, policy: /cpu|requests/}    # fifteen quiet minutes
deployments:
  - {at: +8m, service: api, outcome: failed}
  - {at: +8m, service: api, outcome: rolled back}
"""


@dataclass(frozen=True)
class Replayed:
    code: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.answer["events"] if each["kind"] == kind]


def replay(project: Path, *arguments: str) -> Replayed:
    command = [*PROGRAM, *arguments, "--project", str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    assert not (project / ".watchkeeper" / "sandbox.json").exists(), "the sandbox was not taken down"
    return Replayed(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    return copy_project(root, tmp_path)


@pytest.fixture(scope="session")
def shipped(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Replayed]:
    """Plays a shipped replay once for all tests that ask for it."""
    found: dict[str, Replayed] = {}

    def run(name: str) -> Replayed:
        if name not in found:
            found[name] = replay(copy_project(root, tmp_path_factory.mktemp("replay")), name, "--json")
        return found[name]

    return run


@pytest.mark.emulator
@pytest.mark.parametrize("name", ["az-loss", "aurora-failover", "bad-deploy"])
def test_what_is_shipped_brings_what_was_written_down_for_it(shipped: Callable[[str], Replayed], name: str) -> None:
    """Pages, messages, scaling, deployments, promotions and states, each list complete."""
    played = shipped(name)

    assert played.code == 0, played.err + str(played.answer["differences"])
    assert played.answer["compared"]
    assert played.answer["differences"] == []
    assert set(played.answer["monitors"].values()) == {"OK"}


@pytest.mark.emulator
def test_a_lost_zone_takes_its_tasks_and_its_instance_of_aurora(shipped: Callable[[str], Replayed]) -> None:
    """Half of each service goes at an instant, and a reader writes."""
    played = shipped("az-loss")

    assert played.events("fault")[0]["detail"]["tasks"] == {"api": 2, "reports": 1}
    assert played.events("failover")[0]["at"] == "2026-11-24T12:20:00Z"


@pytest.mark.emulator
def test_a_monitor_by_instance_follows_the_writer(shipped: Callable[[str], Replayed]) -> None:
    """After the failover it is the promoted instance whose commits are slow."""
    played = shipped("aurora-failover")

    promoted = next(each for each in played.events("failover") if "to" in each["detail"])["detail"]["to"]
    slow = [each for each in played.answer["transitions"] if each["monitor"].endswith("/db-commit-latency")]
    assert [each["group"] for each in slow if each["to"] == "Alert"] == [[f"dbinstanceidentifier:{promoted}"]]


@pytest.mark.emulator
def test_the_alarm_that_the_topology_declares_turns_a_bad_deployment_back(shipped: Callable[[str], Replayed]) -> None:
    """It is named in the timeline; the count waits until the deployment is over."""
    played = shipped("bad-deploy")

    begun, failed, ended = played.events("deploy")
    assert begun["detail"]["revision"] == "lighthouse-local-api:2"
    assert failed["detail"]["alarms"][0].startswith("local-Service-api-DeploymentErrors")
    assert [each["at"] for each in played.events("scaling") if each["detail"]["to"] < 4] > [ended["at"]]


@pytest.mark.emulator
def test_a_file_of_ones_own_is_played_and_compared_and_equal_runs_give_equal_answers(project: Path) -> None:
    """Tasks that never become healthy trip the circuit breaker, and no user notices; a crowd scales out afterwards."""
    (project / "short.yaml").write_text(SHORT)
    (project / "storm.jsonl").write_text(STORM)
    (project / "storm.expected.yaml").write_text(EXPECTED)

    one, other = (replay(project, "storm.jsonl", "--scenario", "short.yaml", "--json") for _ in range(2))

    assert (one.code, one.answer["differences"]) == (0, []), one.err
    assert one.answer == other.answer


@pytest.mark.emulator
def test_what_differs_from_the_expectation_is_told_line_by_line_and_exits_with_1(project: Path) -> None:
    """What is missing, what was not expected, and states; without `--json` for people."""
    (project / "short.yaml").write_text(SHORT.replace("minutes: 16", "minutes: 4"))
    (project / "storm.jsonl").write_text(STORM.splitlines()[0])
    (project / "other.yaml").write_text(
        "pages:\n  - {at: +2m..+4m, status: triggered, service: api-local, assignee: Bo Larsen}\n"
        "slack: []\nscaling: []\nstates: {lighthouse/local/api/edge-5xx: Alert}\n"
    )

    played = replay(project, "storm.jsonl", "--scenario", "short.yaml", "--expected", "other.yaml")

    assert played.code == 1, played.err
    assert played.out.splitlines()[:-1] == [
        "missing page: at +2m..+4m, status triggered, service api-local, assignee Bo Larsen",
        "unexpected scaling activity: at +2m, service reports, before 2, after 3",
        "state of lighthouse/local/api/edge-5xx: expected Alert, seen OK",
        "storm.jsonl: 3 differences",
    ]
    assert "reports: set to 3 tasks by hand" in played.err


def test_wrong_files_are_told_with_all_their_problems_before_anything_is_started(project: Path) -> None:
    """Exit code 2, file, line and column."""
    (project / "storm.jsonl").write_text('{"at": "+1m", "kind": "quake"}\n{"at": "later", "kind": "note"}\n')

    played = replay(project, "storm.jsonl")

    assert played.code == 2
    assert "storm.jsonl:1:23" in played.err
    assert "storm.jsonl:2:8" in played.err
    assert "sandbox:" not in played.err


def test_a_wrong_expectation_is_told_before_anything_is_started(project: Path) -> None:
    """A time, a pattern, a missing list."""
    wrong = project / "demo" / "replay" / "az-loss.expected.yaml"
    wrong.write_text("pages:\n  - {at: 12m, status: triggered, service: '/(/'}\nslack: []\nscaling: []\n")

    played = replay(project, "az-loss")

    assert played.code == 2
    assert "demo/replay/az-loss.expected.yaml:2:10" in played.err
    assert "is no regular expression" in played.err


def test_an_unknown_name_is_told_with_the_nearest(project: Path) -> None:
    """And without one, the names that there are."""
    near, far = replay(project, "az-los"), replay(project, "earthquake")

    assert (near.code, far.code) == (2, 2)
    assert "did you mean `az-loss`" in near.err
    assert "known: aurora-failover, az-loss, bad-deploy" in far.err
