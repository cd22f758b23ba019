"""`dashboards sync` as a user runs it: the sandbox's Datadog over HTTP."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.sandbox.process import Sandbox

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()", "dashboards"]


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A copy of this project's declarations."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    for name in ("monitors", "dashboards", "platform/routing"):
        shutil.copytree(root / name, tmp_path / name)
    return tmp_path


def dashboards(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *arguments, "--project", str(project)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def sync(project: Path) -> dict[str, Any]:
    done = dashboards(project, "sync", "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_second_sync_sends_no_write(project: Path, sandbox: Sandbox) -> None:
    """Although Datadog gave every widget an id."""
    assert [change["id"] for change in sync(project)["create"]] == ["api/first", "reports/first"]
    before = sandbox.datadog.store.writes

    again = sync(project)

    assert (again["create"], again["update"], again["unchanged"]) == ([], [], 2)
    assert sandbox.datadog.store.writes == before


def test_a_chart_edited_by_hand_is_restored_and_named(project: Path, sandbox: Sandbox) -> None:
    """The plan says which chart differs, not that 'widgets' do."""
    sync(project)
    body = sandbox.datadog.store.all("dashboard")[0]
    body["widgets"][0]["definition"]["widgets"][2]["definition"]["markers"] = []
    sandbox.datadog.store.put("dashboard", body["id"], body)

    (change,) = sync(project)["update"]

    assert list(change["fields"]) == ["Edge: what users meet / Slowest one percent"]
    assert sync(project)["update"] == []


def test_a_chart_that_cannot_be_computed_says_why_and_the_page_is_written(
    project: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Whoever reviews an incident loses one chart, not the page."""
    file = project / "dashboards" / "service.yaml"
    query = "sum:aws.applicationelb.request_count{env:<< env.name >>,service:<< service.id >>}.as_count()"
    file.write_text(file.read_text().replace(query, f"anomalies({query}, 'basic', 2)", 1))
    events = tmp_path / "events.jsonl"
    events.write_text('{"at": "2026-11-24T18:40:00Z", "kind": "fault", "source": "aurora-slow", "title": "slow"}\n')
    out = tmp_path / "page.html"

    done = dashboards(project, "incident", "--charts", "--events", str(events), "--out", str(out))

    assert done.returncode == 0, done.stderr
    page = out.read_text()
    assert page.count('class="refused"') == 1
    assert "requests: Error parsing query: `anomalies() in a graph` is not evaluated" in page
    assert "Share of failed requests" in page


def test_the_incident_page_is_written_from_a_timeline_file(project: Path, tmp_path: Path) -> None:
    """Offline: events in, one page out; a line that is no event is told by its number."""
    events = tmp_path / "events.jsonl"
    events.write_text('{"at": "2026-11-24T18:40:00Z", "kind": "fault", "source": "aurora-slow", "title": "slow"}\n')
    out = tmp_path / "page.html"

    done = dashboards(project, "incident", "--events", str(events), "--out", str(out))

    assert done.returncode == 0, done.stderr
    assert "aurora-slow" in out.read_text()
    events.write_text(events.read_text() + "nonsense\n")
    wrong = dashboards(project, "incident", "--events", str(events), "--out", str(out))
    assert (wrong.returncode, "line 2: not a timeline event" in wrong.stderr) == (2, True)
