"""Whatever shows a value of an algorithm that Datadog does not publish says that it is approximated."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.app import DatadogSandbox
from watchkeeper.sandbox.paging import notice_event

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import monitors; monitors()"]
START = 1_767_571_200
SENTENCE = "{}() is approximated"
QUERIES = {
    "anomalies": "avg(last_5m):anomalies(avg:m{*}, 'basic', 2, direction='above', alert_window='last_2m', "
    "interval=60) >= 1",
    "outliers": "avg(last_2m):outliers(avg:m{*} by {host}, 'MAD', 3, 50) > 0",
    "forecast": "max(next_10m):forecast(avg:m{*}, 'linear', 1, interval=60, history='5m') >= 10",
    "piecewise_constant": "avg(last_5m):piecewise_constant(avg:m{*}) > 10",
}


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """This project with a monitor of each kind instead of its own, a test of each, and a recording."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    shutil.copytree(root / "platform" / "routing", tmp_path / "platform" / "routing")
    (tmp_path / "monitors" / "tests").mkdir(parents=True)
    body = {"team": "platform", "type": "query alert", "urgency": "notify", "message": "{{value}}"}
    declared = [{"id": identity(name), "name": name, "query": query, **body} for name, query in QUERIES.items()]
    (tmp_path / "monitors" / "odd.yaml").write_text(json.dumps({"monitors": declared}))
    series = [{"metric": "m", "tags": ["host:a"], "values": "1x9"}]
    tests = [
        {"name": name, "monitor": identity(name), "series": series, "expect": [{"at": "9m", "state": "OK"}]}
        for name in QUERIES
    ]
    (tmp_path / "monitors" / "tests" / "odd.yaml").write_text(json.dumps({"tests": tests}))
    rows = [f"{START + 60 * minute},m,1,host:a" for minute in range(10)]
    (tmp_path / "series.csv").write_text("\n".join(("timestamp,metric,value,tags", *rows)))
    return tmp_path


def identity(name: str) -> str:
    return name.replace("_", "-")


def run(project: Path, *arguments: str) -> str:
    command = [*PROGRAM, *arguments, "--project", str(project)]
    environ = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def assert_said(text: str, *names: str) -> None:
    assert [name for name in names or QUERIES if SENTENCE.format(name) not in text] == []


def test_unit_tests_say_it_on_the_terminal_and_in_junit(project: Path) -> None:
    """Once for each monitor, and with each case."""
    assert_said(run(project, "test", "--junit", str(project / "junit.xml")))
    assert_said((project / "junit.xml").read_text())


def test_unit_tests_say_it_in_json(project: Path) -> None:
    """`approximations` of each test."""
    for each in json.loads(run(project, "test", "--json"))["tests"]:
        assert_said(" ".join(each["approximations"]), each["name"])


def test_a_backtest_says_it_on_the_terminal_in_html_and_in_markdown(project: Path) -> None:
    """Whoever reads only one of them knows."""
    page, request = project / "page.html", project / "request.md"
    series = ("--series", str(project / "series.csv"))

    assert_said(run(project, "backtest", *series, "--html", str(page), "--markdown", str(request)))
    assert_said(page.read_text())
    assert_said(request.read_text())


def test_a_backtest_says_it_in_json(project: Path) -> None:
    """`approximations` of each monitor."""
    found = json.loads(run(project, "backtest", "--series", str(project / "series.csv"), "--json"))

    for each in found["monitors"]:
        assert_said(" ".join(each["approximations"]), each["id"].rpartition("/")[2].replace("-", "_"))


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["terminal", "json"])
def test_a_preview_says_it(project: Path, form: tuple[str, ...]) -> None:
    """Although its values are made up: the states come from the approximation."""
    assert_said(run(project, "preview", "anomalies", *form), "anomalies")


def test_a_notice_of_the_sandbox_says_it() -> None:
    """In the message that Slack and PagerDuty get, in Datadog's event and in the timeline."""
    clock = Clock(START)
    datadog = DatadogSandbox(clock, api_key="key", app_key="app")
    body: dict[str, Any] = {"id": 1, "name": "odd", "type": "query alert", "message": "look", "tags": [], "options": {}}
    datadog.store.put("monitor", "1", {**body, "query": QUERIES["forecast"]}, 1)
    told = []
    for minute in range(10):
        datadog.store.series.add("m", frozenset(), START + 60 * minute, float(minute))
        clock.now = START + 60 * (minute + 1)
        told += datadog.evaluate()

    (notice,) = told
    assert_said(notice.rendered.message, "forecast")
    assert notice.rendered.message.startswith("look\n")
    assert_said(str(notice_event(notice, "local", []).detail["approximations"]), "forecast")
