"""`monitors test` and `monitors preview` as a user runs them."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.projects import copied_declarations

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import monitors; monitors()"]


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A copy of this project's declarations."""
    return copied_declarations(root, tmp_path)


def monitors(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *arguments, "--project", str(project)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_monitor_of_this_project_is_tested(project: Path) -> None:
    """Firing, not firing and recovery of each; what a test cannot reach is listed here."""
    done = monitors(project, "test", "--json", "--coverage")

    assert done.returncode == 0, done.stdout
    found = answer(done)
    assert (found["schema_version"], found["failed"], found["skipped"]) == (1, 0, 0)
    assert found["coverage"]["monitors"] == {"total": 21, "reached": 21}
    # pipe-silent compares with less than no host at all: silence is its only alarm.
    assert [(gap["monitor"], gap["transitions"]) for gap in found["coverage"]["gaps"]] == [("pipe-silent", ["alert"])]


def test_every_monitor_has_a_test_in_which_it_stays_quiet(project: Path) -> None:
    """A test in which nobody is told anything."""
    found = answer(monitors(project, "test", "--json"))["tests"]
    quiet = {each["monitor"].rpartition("/")[2] for each in found if not any(t["reaches"] for t in each["transitions"])}

    assert {each["monitor"].rpartition("/")[2] for each in found} == quiet


def test_a_changed_threshold_fails_its_tests_and_the_plot_shows_why(project: Path) -> None:
    """Exit 1; expected against seen, and the value against the threshold."""
    file = project / "watchkeeper.yaml"
    file.write_text(file.read_text().replace("error_ratio_page: 0.05 ", "error_ratio_page: 0.30 "))

    done = monitors(project, "test", "--run", "burst")

    assert done.returncode == 1
    assert "monitors/tests/edge.yaml:11:9: at 13m" in done.stdout
    assert "state    expected Alert\n                seen     OK" in done.stdout
    assert "0.3 |-----" in done.stdout
    assert "^" in done.stdout
    assert done.stdout.endswith("0 passed, 1 failed\n")


def test_a_failure_is_readable_on_eighty_columns_without_colour(project: Path) -> None:
    """Long texts go on below their first line; each group that failed has its plot, with its name."""
    (project / "monitors" / "tests" / "wide.yaml").write_text(
        "tests:\n"
        "  - name: three hours in which one instance is slow, and of the other one there are no values at all\n"
        "    env: prod\n"
        "    monitor: db-commit-latency\n"
        "    series:\n"
        "      - {metric: aws.rds.commit_latency, tags: [env:prod, dbinstanceidentifier:writer], values: 80x180}\n"
        "      - {metric: aws.rds.commit_latency, tags: [env:prod, dbinstanceidentifier:reader], values: _x180}\n"
        "    expect:\n"
        "      - at: 3h\n"
        "        group: ['dbinstanceidentifier:writer']\n"
        "        state: OK\n"
        "        message: a text that is much longer than a line of a terminal and of which the message has no word\n"
        "      - {at: 2h, group: ['dbinstanceidentifier:reader'], state: Alert}\n"
    )

    shown = monitors(project, "test", "--run", "three hours").stdout

    assert [line for line in shown.splitlines() if len(line) > 80] == []
    assert "\x1b" not in shown
    assert "expected a text that is much longer than a line of a terminal\n" + " " * 25 + "and of which" in shown
    assert shown.index("value of dbinstanceidentifier:writer") < shown.index("value of dbinstanceidentifier:reader")
    assert "aws.rds.commit_latency{dbinstanceidentifier:reader,env:prod}" in shown
    assert "| nothing\n" in shown


def test_json_names_each_expectation_that_failed(project: Path) -> None:
    """The instant as it was written, and the fields that differ."""
    file = project / "monitors" / "tests" / "edge.yaml"
    file.write_text(file.read_text().replace("value: 0.08", "value: 0.09"))

    found = answer(monitors(project, "test", "--json", str(file)))

    assert found["failed"] == 1
    (test,) = [each for each in found["tests"] if not each["ok"]]
    assert (test["monitor"], test["failures"]) == (
        "api/edge-5xx",
        [{"at": "13m", "expected": {"value": 0.09}, "seen": {"value": 0.08}, "line": 11}],
    )


def test_a_junit_report_is_written_whole(project: Path, tmp_path: Path) -> None:
    """A suite for each file, a case for each test."""
    file = project / "monitors" / "tests" / "pipe.yaml"
    text = file.read_text().replace("value: 640", "value: 1")
    file.write_text(text.replace("just in time\n", "just in time\n    skip: the limit is under discussion\n"))
    report = tmp_path / "out" / "junit.xml"

    monitors(project, "test", "--junit", str(report))

    suites = {suite.get("name"): suite for suite in ET.fromstring(report.read_text())}  # noqa: S314 - our own
    assert set(suites) == {f"monitors/tests/{name}.yaml" for name in ("app", "data", "edge", "pipe", "slos")}
    pipe = suites["monitors/tests/pipe.yaml"]
    assert [pipe.get(name) for name in ("tests", "failures", "skipped")] == ["7", "1", "1"]
    assert "expected 1" in "".join(pipe.itertext())


def test_all_mistakes_of_all_files_are_named_before_anything_runs(project: Path) -> None:
    """Unknown monitor, unknown environment, bad notation: exit 2, file and line of each."""
    (project / "monitors" / "tests" / "new.yaml").write_text(
        "tests:\n"
        "  - {name: a, env: prod, monitor: api/edge-5x, expect: [{at: 1m, state: OK}]}\n"
        "  - {name: b, env: production, monitor: pipe-late, expect: [{at: 1m, state: OK}]}\n"
        "  - {name: c, monitor: pipe-late, series: [{metric: m, values: 1;2}], expect: [{at: 1m, state: OK}]}\n"
    )

    done = monitors(project, "test")

    assert (done.returncode, done.stdout) == (2, "")
    assert "new.yaml:2:35: error: `prod` has no monitor `api/edge-5x`" in done.stderr
    assert "did you mean `api/edge-5xx`" in done.stderr
    assert "new.yaml:3:20: error: unknown environment `production`" in done.stderr
    assert "new.yaml:4:64: error: `1;2` is not a sample" in done.stderr
    assert "3 problems found" in done.stderr


def test_a_series_that_the_query_never_asks_for_is_a_warning(project: Path) -> None:
    """Usually a misspelt metric."""
    file = project / "monitors" / "tests" / "pipe.yaml"
    file.write_text(file.read_text().replace("healthy_host_count,", "healthy_host_counts,", 1))

    done = monitors(project, "test", "--run", "ten minutes of silence")

    assert done.returncode == 1
    assert (
        "warning: the query of `pipe-silent` does not ask for `aws.applicationelb.healthy_host_counts`" in done.stderr
    )


def test_a_pattern_that_matches_nothing_is_an_error(project: Path) -> None:
    """A run of no test is no success."""
    assert monitors(project, "test", "--run", "nothing like it").returncode == 2
    assert monitors(project, "test", "--run", "(").returncode == 2


def test_a_monitor_as_datadog_exports_it_can_be_tested(project: Path) -> None:
    """`monitor:` names the file; the handles are those of its message."""
    body = {"id": 7, "type": "query alert", "query": "avg(last_1m):avg:m{*} > 1", "message": "@slack-ops", "name": "n"}
    (project / "exported.json").write_text(json.dumps(body))
    (project / "monitors" / "tests" / "new.yaml").write_text(
        "tests: [{name: a, monitor: exported.json, series: [{metric: m, values: 5x3}],"
        " expect: [{at: 2m, state: Alert, reaches: ['slack:ops']}]}]\n"
    )

    done = monitors(project, "test", "monitors/tests/new.yaml")

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_monitor_whose_algorithm_is_approximated_says_so(project: Path) -> None:
    """Anomalies are not Datadog's own; as text and in JSON."""
    query = (
        "avg(last_1h):anomalies(avg:m{*}, 'basic', 2, direction='both', alert_window='last_15m', interval=60,"
        " count_default_zero='true') >= 1"
    )
    body = {"id": 9, "type": "query alert", "query": query, "message": "x", "name": "n"}
    (project / "exported.json").write_text(json.dumps(body))
    (project / "monitors" / "tests" / "new.yaml").write_text(
        "tests: [{name: a, monitor: exported.json, series: [{metric: m, values: 1x90}],"
        " expect: [{at: 90m, state: OK}]}]\n"
    )

    done = monitors(project, "test", "monitors/tests/new.yaml")

    assert (done.returncode, "note: 9: Datadog's algorithm is not public: anomalies()" in done.stdout) == (0, True), (
        done.stdout + done.stderr
    )


def test_a_composite_without_its_members_says_which_it_needs(project: Path) -> None:
    """And one that is no member of it is named as well."""
    body = {"id": 9, "type": "composite", "query": "11 && !12", "message": "x", "name": "n"}
    (project / "exported.json").write_text(json.dumps(body))
    (project / "monitors" / "tests" / "new.yaml").write_text(
        "tests:\n"
        "  - name: a\n"
        "    monitor: exported.json\n"
        "    members: [{id: 11, states: OK}, {id: 13, monitor: pipe-late}]\n"
        "    expect: [{at: 2m, state: OK}]\n"
    )

    done = monitors(project, "test", "monitors/tests/new.yaml")

    assert done.returncode == 2
    assert "new.yaml:4:37: error: 13 is no member of `9`" in done.stderr
    assert "new.yaml:3:14: error: the composite `9` needs its members 12" in done.stderr


def test_a_composite_of_declared_monitors_plays_them_through(project: Path) -> None:
    """Only series are needed; a member may be given as states all the same."""
    (project / "monitors" / "both.yaml").write_text(
        "monitors:\n"
        "  - id: both-ends\n"
        "    for_each: services\n"
        '    name: "<< service.name >>: both ends fail"\n'
        "    type: composite\n"
        "    query: << monitor('edge-5xx') >> && << monitor('edge-elb-5xx') >>\n"
        "    urgency: page\n"
        "    runbook: https://runbooks.example.com/both\n"
        "    message: Both ends.\n"
    )
    series = (
        "    series:\n"
        "      - {metric: aws.applicationelb.httpcode_target_5xx, tags: [env:prod, service:api], values: 40x30}\n"
        "      - {metric: aws.applicationelb.request_count, tags: [env:prod, service:api], values: 200x30}\n"
    )
    (project / "monitors" / "tests" / "new.yaml").write_text(
        "tests:\n"
        "  - name: played\n    env: prod\n    monitor: api/both-ends\n"
        f"{series}"
        "      - {metric: aws.applicationelb.httpcode_elb_5xx, tags: [env:prod], values: 0x9 20x20}\n"
        "    expect:\n"
        "      - {at: 12m, state: OK}\n"
        '      - {at: 13m, state: Alert, message: Both ends., reaches: ["pagerduty:api-prod"]}\n'
        "  - name: given\n    env: prod\n    monitor: api/both-ends\n"
        f"{series}"
        "    members: [{id: edge-elb-5xx, states: OKx4 Alertx5}]\n"
        "    expect:\n"
        "      - {at: 5m, state: OK}\n"
        "      - {at: 6m, state: Alert}\n"
    )

    done = monitors(project, "test", "monitors/tests/new.yaml")

    assert done.returncode == 0, done.stdout + done.stderr


def test_watching_runs_again_after_a_change(project: Path) -> None:
    """And Ctrl-C ends it with the code of the last run."""
    command = [*PROGRAM, "test", "--watch", "--run", "burst", "--project", str(project)]
    waiting = "waiting for a change; Ctrl-C ends it\n"
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        giving_up = threading.Timer(60, running.kill)
        giving_up.start()
        assert running.stdout is not None
        first = list(iter(running.stdout.readline, waiting))
        file = project / "monitors" / "tests" / "edge.yaml"
        file.write_text(file.read_text().replace("value: 0.08", "value: 0.09"))
        second = list(iter(running.stdout.readline, waiting))
        running.send_signal(signal.SIGINT)
        running.communicate()
        giving_up.cancel()

    assert first[-1] == "1 passed, 0 failed\n"
    assert (second[0][:4], second[-1]) == ("FAIL", "0 passed, 1 failed\n")
    assert running.returncode == 1


def test_a_preview_names_the_people_who_would_be_woken(project: Path) -> None:
    """Monday night: the platform's night layer, then the policy's next level."""
    done = monitors(project, "preview", "pipe-silent", "--env", "prod", "--at", "2026-11-24T03:00:00+01:00", "--json")

    (no_data,) = [each for each in answer(done)["previews"] if each["transition"] == "no-data"]
    assert no_data["title"] == "[No data] prod: no metrics arrive from AWS"
    assert no_data["reaches"] == ["pagerduty:platform-prod"]
    assert [(each["level"], each["after_s"]) for each in no_data["people"]] == [(1, 0), (2, 300)]


def test_a_preview_of_a_monitor_of_several_services_asks_which(project: Path) -> None:
    """And a misspelt one is met with a question."""
    assert "name one: api/edge-5xx, reports/edge-5xx" in monitors(project, "preview", "edge-5xx").stderr
    assert "did you mean `pipe-late`" in monitors(project, "preview", "pipe-lat").stderr


def test_the_tutorial_runs_as_it_stands(root: Path, project: Path) -> None:
    """Its first file passes, and so does what it adds."""
    blocks = re.findall(r"```yaml\n(.*?)```", (root / "docs/tutorial/test-a-monitor.md").read_text(), re.DOTALL)
    (project / "monitors" / "tests" / "first.yaml").write_text("".join(blocks))

    done = monitors(project, "test", "monitors/tests/first.yaml")

    assert (len(blocks), done.returncode, done.stdout.splitlines()[-1]) == (3, 0, "2 passed, 0 failed")
