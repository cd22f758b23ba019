"""`monitors backtest` as a user runs it."""

import json
import os
import pty
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.commands.backtest.command import PROGRAM, START, answer, backtest, monitors


def test_the_answer_lists_every_transition_and_the_figures(project: Path, recording: Path) -> None:
    """More than 50 errors in five minutes: from minute 13 to 23 and from 42 to 49; the times are worked out by hand."""
    found = answer(backtest(project, "--series", str(recording), "--json"))

    (monitor,) = found["monitors"]
    (group,) = monitor["groups"]
    assert [(each["at"][11:16], each["from"], each["to"], each["value"]) for each in group["transitions"]] == [
        ("00:01", "No Data", "OK", 0),
        ("00:13", "OK", "Alert", 60),
        ("00:23", "Alert", "OK", 40),
        ("00:42", "OK", "Alert", 60),
        ("00:49", "Alert", "OK", 30),
    ]
    assert {name: monitor[name] for name in ("id", "pages", "warnings", "alert_s", "flaps", "longest_alert_s")} == {
        "id": "edge-elb-5xx",
        "pages": 2,
        "warnings": 0,
        "alert_s": 60 * 17,
        "flaps": 0,
        "longest_alert_s": 600,
    }
    assert (found["schema_version"], found["rows"], found["dropped"], found["partial"]) == (1, 60, 0, False)


def test_pages_are_shown_by_hour_and_by_who_is_woken(project: Path, recording: Path) -> None:
    """Two pages in the first hour of a Monday; the platform's schedule names who."""
    found = answer(backtest(project, "--series", str(recording), "--json"))

    assert found["pages_by_hour"][0][0] == 2
    assert sum(map(sum, found["pages_by_hour"])) == 2
    assert sum(found["woken"].values()) == 2


def test_a_changed_monitor_is_compared_with_the_revision_before(project: Path, recording: Path, tmp_path: Path) -> None:
    """As a sentence, as Markdown for the pull request, and as JSON."""
    for command in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "before"],
    ):
        subprocess.run(["git", *command], cwd=project, check=True)
    file = project / "monitors" / "edge.yaml"
    file.write_text(file.read_text().replace("as_count() > 50", "as_count() > 110"))
    report = tmp_path / "change.md"

    done = backtest(project, "--series", str(recording), "--base", "HEAD", "--markdown", str(report))

    assert done.returncode == 0, done.stderr
    assert "This change would have sent 1 page instead of 2 in 1h 0m." in done.stdout
    assert "| edge-elb-5xx | 2 -> 1 | 0 -> 0 | 17m -> 3m |" in report.read_text()
    base = answer(backtest(project, "--series", str(recording), "--base", "HEAD", "--json"))["base"]
    assert (base["revision"], base["pages"]) == ("HEAD", 2)
    (both,) = base["monitors"]
    assert (both["id"], both["before"]["pages"], both["now"]["pages"]) == ("edge-elb-5xx", 2, 1)


def test_an_unknown_revision_is_a_usage_error(project: Path, recording: Path) -> None:
    """It is named, with what to write instead."""
    done = backtest(project, "--series", str(recording), "--base", "no-such-revision")

    assert done.returncode == 2
    assert "`no-such-revision` is no commit of this repository" in done.stderr
    assert "name a commit, a branch or a tag" in done.stderr


def test_the_report_shows_who_is_woken_and_what_other_settings_would_have_done(
    project: Path, recording: Path, tmp_path: Path
) -> None:
    """The hours of the week, names with their pages, the longest alert, a row and a bar for each setting."""
    page = tmp_path / "report.html"
    arguments = ("--series", str(recording), "--try", "critical=50,110", "--html", str(page), "--json")

    found = answer(backtest(project, *arguments))

    text = page.read_text()
    assert "Pages by hour of the week, UTC" in text
    assert [name in text for name in found["woken"]] == [True] * len(found["woken"])
    assert "10m from 2026-01-12T00:13:00Z" in text
    assert all(f"<td>{name}</td>" in text for name in ("as declared", "critical=50", "critical=110"))
    assert 'style="width:50.0%"' in text


def test_the_report_needs_nothing_else(project: Path, recording: Path, tmp_path: Path) -> None:
    """One file with charts, no script and no address to load anything from."""
    page = tmp_path / "report.html"

    assert backtest(project, "--series", str(recording), "--html", str(page)).returncode == 0

    text = page.read_text()
    assert "<svg" in text
    assert "2 pages and 0 warnings in 1h 0m." in text
    assert not any(word in text for word in ("<script", "http://", "https://", "<link", "@import", "url("))


def test_a_monitor_whose_metric_is_not_recorded_is_named(project: Path, recording: Path) -> None:
    """Its figures are those of silence."""
    done = monitors(project, "backtest", "--env", "prod", "--series", str(recording), "--json")

    assert len(answer(done)["monitors"]) == 32
    assert "`db-cpu` asks for aws.rds.cpuutilization, of which nothing is recorded" in done.stderr
    # Other metrics of the load balancer are not offered for one another.
    assert "did you mean" not in done.stderr


def test_exported_monitors_and_traces_need_no_declaration(project: Path, tmp_path: Path) -> None:
    """`NAME{tags}=FILE` gives a trace its name; a composite finds its members among the exported ones."""
    (tmp_path / "trace.csv").write_text("timestamp,value\n" + "".join(f"{START + 60 * m},{m}\n" for m in range(10)))
    exported = [
        {"id": 1, "type": "query alert", "query": "avg(last_1m):avg:m{host:a} > 5", "message": "@pagerduty-x"},
        {"id": 2, "type": "composite", "query": "1 && !3", "message": ""},
        {"id": 3, "type": "query alert", "query": "avg(last_1m):avg:m{host:a} > 8", "message": ""},
        {"id": 4, "type": "slo alert", "query": 'error_budget("a").over("7d") > 75', "message": ""},
    ]
    (tmp_path / "exported.json").write_text(json.dumps(exported))

    done = monitors(
        project,
        "backtest",
        str(tmp_path / "exported.json"),
        "--series",
        f"m{{host:a}}={tmp_path / 'trace.csv'}",
        "--json",
        "--engine",
        "serial",
    )

    found = {each["id"]: each for each in answer(done)["monitors"]}
    assert {name: each["pages"] for name, each in found.items()} == {"1": 1, "2": 1, "3": 1}
    assert "`4` is left out: SLO alerts" in done.stderr or "`4` is left out" in done.stderr


def test_a_composite_of_declared_monitors_brings_its_members(project: Path, recording: Path) -> None:
    """Whatever is asked for: the members are played, and not counted."""
    (project / "monitors" / "calm.yaml").write_text(
        "monitors:\n"
        "  - id: edge-fails-alone\n"
        "    name: The balancer fails while the database is calm\n"
        "    type: composite\n"
        "    team: platform\n"
        "    query: \"<< monitor('edge-elb-5xx') >> && !<< monitor('db-cpu') >>\"\n"
        "    urgency: page\n"
        "    runbook: https://runbooks.example.com/calm\n"
        "    message: Alone.\n"
    )
    lines = [f"{START + 60 * m},aws.rds.cpuutilization,10,env:prod|dbinstanceidentifier:writer" for m in range(60)]
    calm = recording.with_name("calm.csv")
    calm.write_text("timestamp,metric,value,tags\n" + "\n".join(lines) + "\n")
    series = ("--series", str(recording), "--series", str(calm))
    arguments = ("--env", "prod", *series, "--json", "--monitor", "edge-fails-alone")

    for path in ((), (str(project / "monitors" / "calm.yaml"),)):
        found = answer(monitors(project, "backtest", *path, *arguments))

        assert [(each["id"], each["pages"]) for each in found["monitors"]] == [("edge-fails-alone", 2)]


def test_processes_and_one_process_give_the_same(project: Path, recording: Path) -> None:
    """Whatever the order in which they finish."""
    arguments = ("backtest", "--env", "prod", "--series", str(recording), "--json")
    one = answer(monitors(project, *arguments, "--engine", "serial"))
    two = answer(monitors(project, *arguments, "--workers", "2"))

    assert {**one, "wall_s": 0} == {**two, "wall_s": 0}


@pytest.fixture
def cluster() -> Iterator[str]:
    """A Dask scheduler with two workers of one thread each, on loopback."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None, host="127.0.0.1", protocol="tcp"
    ) as running:
        yield running.scheduler_address


def test_a_dask_cluster_gives_the_same(project: Path, recording: Path, cluster: str) -> None:
    """Two workers, found by the scheduler's address."""
    arguments = ("backtest", "--env", "prod", "--series", str(recording), "--json")
    here = answer(monitors(project, *arguments, "--engine", "serial"))
    there = answer(monitors(project, *arguments, "--engine", "dask", "--scheduler", cluster))

    assert {**here, "wall_s": 0} == {**there, "wall_s": 0}


def test_without_a_scheduler_dask_says_what_it_needs(project: Path, recording: Path) -> None:
    """Exit 2 at once, and when nobody listens."""
    arguments = ("--series", str(recording), "--engine", "dask")

    assert "add --scheduler" in backtest(project, *arguments).stderr
    assert backtest(project, *arguments, "--scheduler", "tcp://127.0.0.1:9").returncode == 2


def test_progress_tells_how_long_the_rest_takes(project: Path, recording: Path) -> None:
    """On a terminal one line that is written over; the answer stays clean."""
    trials = ",".join(str(number) for number in range(1, 120))
    ours, theirs = pty.openpty()
    command = [
        *PROGRAM, "backtest", "--env", "prod", "--series", str(recording), "--try", f"evaluation_delay={trials}",
        "--monitor", "edge-elb-5xx", "--json", "--engine", "serial", "--project", str(project),
    ]  # fmt: skip
    shown: list[bytes] = []

    def look() -> None:
        with suppress(OSError):  # Linux tells the end of a terminal so
            while piece := os.read(ours, 65536):
                shown.append(piece)

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True) as running:
        os.close(theirs)
        looking = threading.Thread(target=look)
        looking.start()
        output, _ = running.communicate(timeout=240)
    looking.join()
    os.close(ours)

    lines = [line.strip() for line in b"".join(shown).decode().split("\r") if " of 120 runs" in line]
    assert lines[0] == "0 of 120 runs"
    assert lines[-1] == "120 of 120 runs, 0 s left"
    assert all(re.fullmatch(r"\d+ of 120 runs, \d+ s left", line) for line in lines[1:])
    assert len(json.loads(output)["variants"]) == 119


@pytest.mark.corpus
def test_the_documented_example_runs_on_the_corpus(project: Path, corpus: Path, tmp_path: Path) -> None:
    """Latency of a real instance with its labelled failures: precision, recall and delay."""
    monitor = {"id": 1, "type": "query alert", "query": "avg(last_15m):avg:ec2.latency{*} > 60", "message": ""}
    (tmp_path / "latency.json").write_text(json.dumps(monitor))
    traces = corpus / "traces"

    found = answer(
        monitors(
            project,
            "backtest",
            str(tmp_path / "latency.json"),
            "--series",
            f"ec2.latency={traces / 'nab_ec2_latency_5min.csv'}",
            "--labels",
            f"{traces / 'nab_windows.json'}#realKnownCause/ec2_request_latency_system_failure.csv",
            "--json",
        )
    )

    score = found["monitors"][0]["score"]
    assert (score["precision"], score["found"], score["incidents"]) == (1.0, 1, 3)
    assert score["delay_s"] == pytest.approx(5.6 * 3600, rel=0.02)
