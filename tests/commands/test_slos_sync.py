"""Objectives through `monitors plan` and `sync`: the program, a project, the sandbox's Datadog over HTTP."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.commands.test_monitors_sync import watchkeeper
from watchkeeper.sandbox.process import Sandbox

ALERTS = """
monitors:
  - id: errors
    for_each: services
    name: "<< service.name >>: errors"
    type: query alert
    query: "sum(last_5m):sum:app.errors{env:<< env.name >>,service:<< service.id >>}.as_count() > 5"
    message: errors
    urgency: notify
  - id: quiet-burns
    for_each: services
    name: "<< service.name >>: half of the quiet budget is gone"
    type: slo alert
    query: error_budget("quiet").over("7d") > 50
    message: Half of it is gone.
    urgency: notify
"""
SLOS = """
slos:
  - id: quiet
    for_each: services
    name: "<< service.name >>: no errors"
    type: monitor
    monitor_ids: [errors]
    thresholds: [{timeframe: 7d, target: 99}]
"""


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """This project's declarations, with its objectives and nothing else to watch."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    shutil.copytree(root / "platform" / "routing", tmp_path / "platform" / "routing")
    (tmp_path / "monitors").mkdir()
    shutil.copy(root / "monitors" / "slos.yaml", tmp_path / "monitors")
    return tmp_path


def sync(project: Path, *arguments: str) -> dict[str, Any]:
    done = watchkeeper(project, "monitors", "sync", "--json", *arguments)
    assert done.stdout, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_an_alert_names_the_id_that_datadog_gave_its_objective(project: Path, sandbox: Sandbox) -> None:
    """Both are made by one sync; the objective first, and its id stands in the query."""
    assert sync(project)["failed"] == []
    store = sandbox.datadog.store
    ids = {slo["id"]: slo["tags"] for slo in store.all("slo")}
    queries = {each["name"]: each["query"] for each in store.all("monitor")}

    assert len(ids) == 2
    assert len(queries) == 2
    assert all(any(f'burn_rate("{slo_id}")' in query for slo_id in ids) for query in queries.values())


def test_the_second_sync_of_objectives_sends_no_write_and_few_requests(project: Path, sandbox: Sandbox) -> None:
    """Three requests: who we are, the objectives, the monitors."""
    sync(project)
    writes = sandbox.datadog.store.writes

    again = sync(project)

    assert (again["create"], again["update"], again["unchanged"], again["requests"]) == ([], [], 4, 3)
    assert sandbox.datadog.store.writes == writes


def test_an_objective_that_was_edited_by_hand_is_restored(project: Path, sandbox: Sandbox) -> None:
    """The difference names the target of its time-frame."""
    sync(project)
    store = sandbox.datadog.store
    body = next(each for each in store.all("slo") if "service:api" in each["tags"])
    store.put("slo", body["id"], {**body, "thresholds": [{"timeframe": "30d", "target": 90.0}]})

    (change,) = sync(project)["update"]

    assert change["fields"] == {"thresholds.30d.target": {"from": 90.0, "to": 99.9}}
    assert store.get("slo", body["id"]) == body


def test_objectives_are_pruned_after_their_alerts(project: Path, sandbox: Sandbox) -> None:
    """Datadog keeps an objective as long as an alert names it."""
    sync(project)
    (project / "monitors" / "slos.yaml").write_text("slos: []\n")

    answer = sync(project, "--prune", "--yes")

    assert (len(answer["delete"]), answer["failed"]) == (4, [])
    assert sandbox.datadog.store.all("slo") == []


def test_objectives_on_monitors_and_alerts_on_them_come_and_go_in_one_sync(project: Path, sandbox: Sandbox) -> None:
    """Monitors first, then the objectives made of them, then the alerts on these; and the other way round."""
    (project / "monitors" / "slos.yaml").write_text(ALERTS + SLOS)

    made = sync(project)

    store = sandbox.datadog.store
    numbers = {each["id"] for each in store.all("monitor") if each["type"] == "query alert"}
    assert (made["failed"], len(made["create"])) == ([], 6)
    assert {number for slo in store.all("slo") for number in slo["monitor_ids"]} == numbers

    (project / "monitors" / "slos.yaml").write_text("slos: []\n")
    gone = sync(project, "--prune", "--yes")

    assert (gone["failed"], store.all("slo"), store.all("monitor")) == ([], [], [])


def test_an_objective_is_renamed_without_losing_its_alerts(project: Path, sandbox: Sandbox) -> None:
    """With `moved_from` the objective keeps Datadog's id; its generated alerts are taken over by their names."""
    sync(project)
    file = project / "monitors" / "slos.yaml"
    before = {slo["id"] for slo in sandbox.datadog.store.all("slo")}
    file.write_text(file.read_text().replace("id: availability", "id: answered\n    moved_from: [availability]"))

    answer = sync(project)

    assert (answer["create"], answer["failed"]) == ([], [])
    assert {slo["id"] for slo in sandbox.datadog.store.all("slo")} == before


def test_an_alert_on_an_objective_that_nobody_declares_sends_nothing(project: Path, sandbox: Sandbox) -> None:
    """Lint is asked first; exit 2, and the place of the name."""
    (project / "monitors" / "slos.yaml").write_text(ALERTS)

    done = watchkeeper(project, "monitors", "sync")

    assert done.returncode == 2
    assert "monitors/slos.yaml:14:25: error: there is no objective `quiet` [slo-undeclared]" in done.stderr
    assert sandbox.datadog.store.all("monitor") == []


def test_the_type_of_an_objective_changes_under_its_alerts_in_one_sync(project: Path, sandbox: Sandbox) -> None:
    """The new objective comes first, its alerts are told, and the former one, which nobody names any more, goes."""
    file = project / "monitors" / "slos.yaml"
    file.write_text(ALERTS + SLOS)
    sync(project)
    before = {slo["id"] for slo in sandbox.datadog.store.all("slo")}
    counts = "sum:app.errors{env:<< env.name >>,service:<< service.id >>}.as_count()"
    metric = f"type: metric\n    query: {{numerator: '{counts}', denominator: '{counts}'}}"
    file.write_text(ALERTS + SLOS.replace("type: monitor\n    monitor_ids: [errors]", metric))

    done = sync(project, "--yes")

    store = sandbox.datadog.store
    assert (done["failed"], len(done["replace"]), len(done["update"])) == ([], 2, 2)
    now = {slo["id"] for slo in store.all("slo")}
    assert (len(now), now & before) == (2, set())
    alerts = [each["query"] for each in store.all("monitor") if each["type"] == "slo alert"]
    assert sorted(alerts) == sorted(f'error_budget("{slo_id}").over("7d") > 50' for slo_id in now)
