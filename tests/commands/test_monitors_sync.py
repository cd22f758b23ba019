"""`monitors sync` as a user runs it: the program, a project, the sandbox's Datadog over HTTP."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.projects import copied_declarations
from watchkeeper.project.identity import identity_in_tags
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.process import Sandbox

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()"]


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A copy of this project's declarations."""
    return copied_declarations(root, tmp_path)


def watchkeeper(project: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *arguments, "--project", str(project)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environ})


def sync(project: Path, *arguments: str) -> dict[str, Any]:
    done = watchkeeper(project, "monitors", "sync", "--json", *arguments)
    assert done.returncode == 0, done.stderr + done.stdout
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_second_sync_sends_no_write(project: Path, sandbox: Sandbox) -> None:
    """The first creates every monitor, the second finds nothing to do."""
    assert len(sync(project)["create"]) == 30
    writes = sandbox.datadog.store.writes

    again = sync(project)

    assert (again["create"], again["update"], again["unchanged"]) == ([], [], 30)
    assert sandbox.datadog.store.writes == writes


def test_a_monitor_that_was_edited_by_hand_is_restored_and_the_difference_is_said(
    project: Path, sandbox: Sandbox
) -> None:
    """Which field, what it was, what it is again."""
    sync(project)
    store = sandbox.datadog.store
    body = next(each for each in store.all("monitor") if "watchkeeper_id:lighthouse/local/api/edge-5xx" in each["tags"])
    store.put("monitor", str(body["id"]), {**body, "message": "edited by hand"})

    (change,) = sync(project)["update"]

    assert change["id"] == "api/edge-5xx"
    assert "edited by hand" in json.dumps(change["fields"])
    assert store.get("monitor", str(body["id"])) == body


def test_pages_go_to_pagerduty_and_notes_to_slack(project: Path, sandbox: Sandbox) -> None:
    """One unconditional line of handles closes each message, so that a recovery resolves."""
    sync(project)
    last_lines = {each["message"].splitlines()[-1] for each in sandbox.datadog.store.all("monitor")}

    assert last_lines == {
        "@pagerduty-api-local",
        "@pagerduty-reports-local",
        "@pagerduty-platform-local",
        "@slack-lighthouse-checkout-alerts",
        "@slack-lighthouse-platform-alerts",
    }


def test_a_removed_declaration_stays_until_prune_is_asked_for(project: Path, sandbox: Sandbox) -> None:
    """And pruning without a terminal needs --yes."""
    sync(project)
    (project / "monitors" / "pipe.yaml").unlink()

    assert sync(project)["delete"] == []
    assert watchkeeper(project, "monitors", "sync", "--prune").returncode == 2
    assert len(sync(project, "--prune", "--yes")["delete"]) == 3


def test_a_plan_that_would_delete_nearly_everything_is_shown_and_refused(project: Path, sandbox: Sandbox) -> None:
    """One sees what would go, and how to say that it is meant; nothing is written."""
    there = len(sync(project)["create"])
    writes = sandbox.datadog.store.writes
    for file in (project / "monitors").glob("*.yaml"):
        file.unlink()

    for verb in ("plan", "sync"):
        done = watchkeeper(project, "monitors", verb, "--prune")
        assert done.returncode == 1
        assert done.stdout.count("- delete") == there
        assert f"deletes {there} of {there} managed objects in local, more than 10" in done.stderr
        assert f"--max-deletes {there}" in done.stderr
    assert sandbox.datadog.store.writes == writes


def test_a_composite_is_written_after_its_members_with_their_ids(project: Path, sandbox: Sandbox) -> None:
    """It stands first in its file; a second sync finds nothing to do, and both go together."""
    (project / "monitors" / "both.yaml").write_text(
        "monitors:\n"
        "  - id: both-ends\n"
        "    name: Both ends fail\n"
        "    type: composite\n"
        "    team: platform\n"
        "    query: << monitor('one-end') >> && << monitor('edge-elb-5xx') >> && !<< monitor('api/app-memory') >>\n"
        "    urgency: page\n"
        "    runbook: https://runbooks.example.com/both\n"
        "    message: Both ends.\n"
        "  - {id: one-end, name: One end, type: query alert, team: platform, urgency: notify, message: One end.,\n"
        '     query: "avg(last_5m):avg:aws.rds.cpuutilization{env:local} > 90"}\n'
    )

    everything = len(sync(project)["create"])

    found = {name_of(each): each for each in sandbox.datadog.store.all("monitor")}
    ids = [found[name]["id"] for name in ("one-end", "edge-elb-5xx", "api/app-memory")]
    assert found["both-ends"]["query"] == "{} && {} && !{}".format(*ids)
    again = sync(project)
    assert (again["create"], again["update"], again["unchanged"]) == ([], [], everything)

    (project / "monitors" / "both.yaml").unlink()
    assert [each["id"] for each in sync(project, "--prune", "--yes")["delete"]] == ["both-ends", "one-end"]
    assert sync(project)["unchanged"] == everything - 2


def test_a_plan_names_members_whose_ids_are_not_known_yet(project: Path, sandbox: Sandbox) -> None:
    """An update of a composite shows the new member by its name."""
    file = project / "monitors" / "both.yaml"
    text = (
        "monitors:\n"
        "  - {id: both-ends, name: Both, type: composite, team: platform, urgency: notify, message: Both.,\n"
        "     query: \"<< monitor('db-cpu') >> && << monitor('NAME') >>\"}\n"
    )
    file.write_text(text.replace("NAME", "db-deadlocks"))
    sync(project)
    file.write_text(
        text.replace("NAME", "new")
        + "  - {id: new, name: New, type: query alert, team: platform, urgency: notify, message: New.,\n"
        + '     query: "avg(last_5m):avg:aws.rds.cpuutilization{env:local} > 90"}\n'
    )

    planned = watchkeeper(project, "monitors", "plan", "--json")

    assert planned.returncode == 0, planned.stderr
    (change,) = json.loads(planned.stdout)["update"]
    assert change["fields"]["query"]["to"].endswith(" && (monitor new)")
    assert len(sync(project)["update"]) == 1


def test_a_member_of_a_composite_changes_its_type_in_one_sync(project: Path, sandbox: Sandbox) -> None:
    """Datadog deletes no monitor that a composite names: the new one comes, the composite follows, the old goes."""
    file = project / "monitors" / "both.yaml"
    text = (
        "monitors:\n"
        "  - {id: both-ends, name: Both, type: composite, team: platform, urgency: notify, message: Both.,\n"
        "     query: \"<< monitor('db-cpu') >> && << monitor('new') >>\"}\n"
        "  - {id: new, name: New, type: TYPE, team: platform, urgency: notify, message: New., query: QUERY}\n"
    )
    metric = "'avg(last_5m):avg:aws.rds.cpuutilization{env:local} > 90'"
    file.write_text(text.replace("TYPE", "query alert").replace("QUERY", metric))
    sync(project)
    before = {name_of(each): each["id"] for each in sandbox.datadog.store.all("monitor")}
    check = """'"http.can_connect".over("env:local").by("*").last(2).count_by_status()'"""
    file.write_text(text.replace("TYPE", "service check").replace("QUERY", check))

    done = sync(project, "--yes")

    assert ([each["id"] for each in done["replace"]], [each["id"] for each in done["update"]]) == (
        ["new"],
        ["both-ends"],
    )
    found = {name_of(each): each for each in sandbox.datadog.store.all("monitor")}
    assert len(found) == len(before) == len(sandbox.datadog.store.all("monitor"))
    assert found["both-ends"]["id"] == before["both-ends"]
    assert found["new"]["id"] != before["new"]
    assert found["both-ends"]["query"] == f"{before['db-cpu']} && {found['new']['id']}"
    again = sync(project)
    assert [len(again[action]) for action in ("create", "update", "replace", "conflict")] == [0, 0, 0, 0]


def name_of(body: dict[str, Any]) -> str:
    """The short name of a managed monitor."""
    identity = identity_in_tags(body["tags"])
    assert identity is not None
    return identity.short


def test_with_the_sandbox_down_local_sends_nothing_and_reads_no_real_key(project: Path) -> None:
    """Live-looking keys and addresses in the environment change nothing: exit 2, and the way out."""
    live = {"DD_API_KEY": "0" * 32, "DD_APP_KEY": "1" * 40, "WATCHKEEPER_DATADOG_URL": "https://198.51.100.1"}

    done = watchkeeper(project, "monitors", "sync", **live)

    assert (done.returncode, done.stdout) == (2, "")
    assert "the sandbox is down" in done.stderr
    assert "0" * 32 not in done.stderr


def test_a_monitor_that_reaches_nobody_is_refused_before_anything_is_sent(project: Path, sandbox: Sandbox) -> None:
    """Without the route for teams every monitor of urgency `notify` is a finding."""
    routes = project / "platform" / "routing" / "routes.yaml"
    routes.write_text(routes.read_text().split("  - id: notify-team")[0])

    done = watchkeeper(project, "monitors", "sync")

    assert done.returncode == 2
    assert "reaches nobody" in done.stderr
    assert sandbox.datadog.store.writes == 0


def test_a_second_sandbox_of_one_project_is_refused(project: Path, sandbox: Sandbox) -> None:
    """One record, one sandbox."""
    done = watchkeeper(project, "sandbox", "up")

    assert done.returncode == 2
    assert "runs already" in done.stderr


def test_a_detached_sandbox_comes_up_and_goes_down(project: Path) -> None:
    """Up --detach, status, down; nothing is left."""
    up = watchkeeper(project, "sandbox", "up", "--detach", "--ttl", "2m")
    try:
        assert up.returncode == 0, up.stderr
        assert json.loads(watchkeeper(project, "sandbox", "status", "--json").stdout)["running"] is True
        assert len(sync(project)["create"]) == 30
    finally:
        down = watchkeeper(project, "sandbox", "down")

    assert down.stdout == "sandbox down\n"
    assert watchkeeper(project, "sandbox", "status").returncode == 1
    assert not (project / ".watchkeeper" / "sandbox.json").exists()


def test_an_occupied_port_is_named(project: Path, sandbox: Sandbox) -> None:
    """The port, and how to go on."""
    remove_record(project)

    done = watchkeeper(project, "sandbox", "up", "--port", str(sandbox.servers[0].port))

    assert done.returncode == 2
    assert f"port {sandbox.servers[0].port} is in use" in done.stderr
