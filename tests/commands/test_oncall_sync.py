"""`oncall sync` as a user runs it: PagerDuty, Datadog and Slack of the sandbox, over HTTP."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.sandbox.process import Sandbox

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()", "oncall"]
ROUTING = Path("platform/routing")


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A copy of this project's declarations."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    shutil.copytree(root / ROUTING, tmp_path / ROUTING)
    return tmp_path


def oncall(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *arguments, "--project", str(project)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def sync(project: Path, *arguments: str) -> dict[str, Any]:
    done = oncall(project, "sync", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def writes(sandbox: Sandbox) -> int:
    return sum(store.writes for store in (sandbox.datadog.store, sandbox.pagerduty.store, sandbox.slack.store))


def edit(project: Path, file: str, before: str, after: str) -> None:
    path = project / ROUTING / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_the_second_sync_sends_no_write(project: Path, sandbox: Sandbox) -> None:
    """Ana owns the account, so four people are made; layers are compared in their own order."""
    first = sync(project)
    assert len(first["create"]) == 21
    before = writes(sandbox)

    again = sync(project)

    assert (again["create"], again["update"], again["unchanged"]) == ([], [], 22)
    assert writes(sandbox) == before


def test_a_schedule_edited_by_hand_is_restored_and_what_differed_is_said(project: Path, sandbox: Sandbox) -> None:
    """Somebody swapped the layers in PagerDuty: the lower would have won."""
    sync(project)
    (schedule,) = (each for each in sandbox.pagerduty.store.all("schedule") if each["name"] == "checkout-local")
    sandbox.pagerduty.store.put(
        "schedule", schedule["id"], {**schedule, "schedule_layers": schedule["schedule_layers"][::-1]}
    )

    (change,) = sync(project)["update"]

    assert change["id"] == "checkout"
    assert change["fields"]["layers"] == {"from": ["weekend", "weekly"], "to": ["weekly", "weekend"]}
    assert sync(project)["update"] == []


def test_a_person_who_leaves_a_rota_keeps_the_layer_and_its_history(project: Path, sandbox: Sandbox) -> None:
    """The layer is changed under its id; PagerDuty would end it and begin another otherwise."""
    sync(project)
    before = schedule_layers(sandbox)
    edit(project, "schedules.yaml", "people: [ana, bo, chen]", "people: [ana, chen]")
    sync(project)

    assert [layer["id"] for layer in schedule_layers(sandbox)] == [layer["id"] for layer in before]
    assert len(schedule_layers(sandbox)[0]["users"]) == 2


def schedule_layers(sandbox: Sandbox) -> list[dict[str, Any]]:
    (schedule,) = (each for each in sandbox.pagerduty.store.all("schedule") if each["name"] == "checkout-local")
    layers: list[dict[str, Any]] = schedule["schedule_layers"]
    return layers


def test_a_service_made_anew_gets_its_new_key_into_datadog(project: Path, sandbox: Sandbox) -> None:
    """Datadog never tells a key, so the key is sent again whenever the integration behind it is a new one."""
    sync(project)
    store = sandbox.pagerduty.store
    (service,) = (each for each in store.all("service") if each["name"] == "api-local")
    (integration,) = (each for each in store.all("integration") if each["service"]["id"] == service["id"])
    store.remove("integration", integration["id"])
    store.remove("service", service["id"])

    sync(project)

    kept = sandbox.datadog.store.get("pagerduty service", "api-local")
    assert kept is not None
    assert kept["service_key"] != integration["integration_key"]
    assert kept["service_key"] in {each["integration_key"] for each in store.all("integration")}


def test_keys_are_never_printed(project: Path, sandbox: Sandbox) -> None:
    """Neither in the plan nor in the receipt nor as progress."""
    done = oncall(project, "sync")

    secrets = [
        *sandbox.record.keys.values(),
        *(each["integration_key"] for each in sandbox.pagerduty.store.all("integration")),
    ]
    assert not any(secret in done.stdout + done.stderr for secret in secrets)


def test_a_route_into_the_void_is_refused_with_its_place(project: Path, sandbox: Sandbox) -> None:
    """A handle that nobody declares would swallow every alert."""
    edit(project, "routes.yaml", 'slack: "<< team.id >>-alerts"', 'slack: "<< team.id >>-alert"')
    before = writes(sandbox)

    done = oncall(project, "sync")

    assert done.returncode == 2
    assert "platform/routing/routes.yaml:" in done.stderr
    assert "did you mean `checkout-alerts`" in done.stderr
    assert writes(sandbox) == before


def test_people_without_a_pagerduty_user_are_told_unless_they_may_be_made(project: Path, sandbox: Sandbox) -> None:
    """All of them at once, with the line that names them."""
    assert sandbox
    yaml = project / "watchkeeper.yaml"
    yaml.write_text(yaml.read_text().replace("creates_users: true, ", ""))

    done = oncall(project, "plan")

    assert done.returncode == 2
    assert all(name in done.stderr for name in ("Bo Larsen", "Chen Wei", "Dara Okafor", "Eli Novak"))
    assert "platform/routing/people.yaml:4" in done.stderr


def test_prune_removes_what_is_not_declared_any_more_in_the_order_of_its_dependents(
    project: Path, sandbox: Sandbox
) -> None:
    """The service before its policy, the policy before the schedule."""
    sync(project)
    edit(
        project,
        "services.yaml",
        "    for_each: services\n",
        "    for_each: services\n    when: service.id != 'reports'\n",
    )
    edit(
        project,
        "routes.yaml",
        "  - id: page-service\n",
        "  - id: page-service\n    when: service.id != 'reports'\n",
    )

    answer = sync(project, "--prune", "--yes")

    assert [change["kind"] for change in answer["delete"]] == ["PagerDuty integration", "PagerDuty service"]
    names = {each["name"] for each in sandbox.pagerduty.store.all("service")}
    assert names == {"api-local", "platform-local"}
