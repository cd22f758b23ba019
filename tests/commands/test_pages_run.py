"""The pages about tests and backtests run as they are written: their files, their commands, their answers."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects import copied_declarations

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import monitors; monitors()"]
OCTOBER = 1_790_812_800
"""2026-10-01, midnight UTC."""


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A copy of this project's declarations, in git."""
    goal = copied_declarations(root, tmp_path / "project")
    for command in (
        ["init", "--quiet", "--initial-branch", "main"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "before"],
    ):
        subprocess.run(["git", *command], cwd=goal, check=True)
    return goal


class Page:
    """A page of the documentation, and the project in which its commands run."""

    def __init__(self, file: Path, project: Path) -> None:
        self._text = file.read_text()
        self._project = project

    def blocks(self, language: str) -> list[str]:
        """Its blocks of a language, in order."""
        return re.findall(rf"```{language}\n(.*?)```", self._text, re.DOTALL)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """A command line as it is written, in the project's folder."""
        program, *arguments = shlex.split(command.removeprefix("$ ").replace("\\\n", " "))
        assert program == "monitors"
        environ = {**os.environ, "NO_COLOR": "1"}
        return subprocess.run(
            [*PROGRAM, *arguments], capture_output=True, text=True, check=False, cwd=self._project, env=environ
        )

    def write(self, name: str, text: str) -> None:
        """A file of the project."""
        (self._project / name).write_text(text)


def test_the_tutorial_answers_what_it_prints(root: Path, project: Path) -> None:
    """The test that passes, the plot of the one that fails, the preview and the coverage."""
    page = Page(root / "docs/tutorial/test-a-monitor.md", project)
    first, *more = page.blocks("yaml")
    passing, preview, coverage = page.blocks("console")
    (failing,) = page.blocks("text")
    command, _, answer = passing.partition("\n")

    page.write("monitors/tests/first.yaml", first)
    assert page.run(command).stdout == answer

    page.write("monitors/tests/first.yaml", first.replace("{at: 12m, state: OK}", "{at: 12m, state: Alert}"))
    assert page.run(command).stdout == f"{failing}0 passed, 1 failed\n"

    page.write("monitors/tests/first.yaml", first + "".join(more))
    assert page.run(command).returncode == 0
    shown = page.run(preview.strip())
    assert "alert: [Triggered]" in shown.stdout
    assert "pagerduty:api-prod at once" in shown.stdout
    assert page.run(coverage.strip()).stdout.splitlines()[-2].startswith("coverage: ")


def test_monitors_are_combined_as_the_page_says(root: Path, project: Path) -> None:
    """A composite, its tests and their answer; nothing for lint to say."""
    page = Page(root / "docs/how-to/combine-monitors.md", project)
    monitor, tests = page.blocks("yaml")
    (console,) = page.blocks("console")
    command, _, answer = console.partition("\n")
    page.write("monitors/both-ends.yaml", monitor)
    page.write("monitors/tests/both-ends.yaml", tests)

    assert page.run(command).stdout == answer
    linted = page.run("monitors lint --strict monitors/both-ends.yaml")
    assert linted.returncode == 0, linted.stderr + linted.stdout


def test_a_threshold_is_chosen_as_the_page_says(root: Path, project: Path) -> None:
    """Last month's series, the labels, the table of what-if, and the sentence of the pull request."""
    page = Page(root / "docs/how-to/choose-a-threshold.md", project)
    tried, compared, _, _ = page.blocks("text")
    incidents = ((10_090, 50), (26_760, 25))
    bad = {start + minute for start, length in incidents for minute in range(length)}
    rows = [
        f"{OCTOBER + 60 * minute},aws.applicationelb.httpcode_elb_5xx,{25 if minute in bad else 0},env:prod"
        for minute in range(28_000)
    ]
    (project / "october").mkdir()
    page.write("october/elb.csv", "timestamp,metric,value,tags\n" + "\n".join(rows) + "\n")
    page.write("incidents.csv", page.blocks("csv")[0])

    done = page.run(tried)

    assert done.returncode == 0, done.stderr
    assert (project / "october.html").read_text().startswith("<!doctype html>")
    table = done.stdout.partition("What if\n")[2].splitlines()
    assert len(table) == 2 + 3 * 2
    edge = project / "monitors" / "edge.yaml"
    edge.write_text(edge.read_text().replace("as_count() > 50", "as_count() > 500"))

    done = page.run(compared)

    assert done.returncode == 0, done.stderr
    assert "This change would have sent 0 pages instead of 2 in 19 days." in (project / "change.md").read_text()


@pytest.mark.corpus
def test_the_worked_example_gives_the_figures_of_the_page(root: Path, project: Path, corpus: Path) -> None:
    """Precision, recall and delay of a real latency with its labels, row by row."""
    page = Page(root / "docs/how-to/choose-a-threshold.md", project)
    command, table = page.blocks("text")[2:]
    monitor = {"id": 1, "type": "query alert", "query": "avg(last_15m):avg:ec2.latency{*} > 60", "message": ""}
    page.write("latency.json", json.dumps(monitor))
    for name in ("nab_ec2_latency_5min.csv", "nab_windows.json"):
        shutil.copy(corpus / "traces" / name, project)

    done = page.run(command)

    assert done.returncode == 0, done.stderr
    seen = {tuple(re.split(r"\s{2,}", line.strip())[:8]) for line in done.stdout.splitlines()}
    for line in table.splitlines():
        assert tuple(re.split(r"\s{2,}", line.strip())) in seen, line


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("trace", "query", "key", "row"),
    [
        (
            "nab_elb_requests_5min",
            "sum(last_15m):sum:m{*}.as_count() > 600",
            "realAWSCloudwatch/elb_request_count_8c0756.csv",
            ("9", "0.56", "1.00", "7h 3m"),
        ),
        (
            "nab_asg_size_5min",
            "avg(last_30m):avg:m{*} < 10",
            "realAWSCloudwatch/grok_asg_anomaly.csv",
            ("1", "1.00", "0.33", "6h 46m"),
        ),
    ],
    ids=["load balancer", "scaling group"],
)
def test_the_other_labelled_series_give_the_figures_of_the_page(
    root: Path, project: Path, corpus: Path, trace: str, query: str, key: str, row: tuple[str, ...]
) -> None:
    """Requests of a load balancer and the size of a scaling group."""
    page = Page(root / "docs/how-to/choose-a-threshold.md", project)
    monitor = {"id": 1, "type": "query alert", "query": query, "message": ""}
    page.write("monitor.json", json.dumps(monitor))
    traces = corpus / "traces"

    labels = f"{traces}/nab_windows.json#{key}"
    command = f"monitors backtest monitor.json --series m={traces}/{trace}.csv --labels {labels} --json"
    found = json.loads(page.run(command).stdout)["monitors"][0]

    score = found["score"]
    hours, minutes = divmod(int(score["delay_s"]) // 60, 60)
    pages, precision, recall, delay = row
    assert (str(found["pages"]), f"{score['precision']:.2f}", f"{score['recall']:.2f}", f"{hours}h {minutes}m") == row
    text = (root / "docs/how-to/choose-a-threshold.md").read_text()
    line = next(each for each in text.splitlines() if each.startswith(f"| `{trace}`"))
    assert line.endswith(f"| {pages} | {precision} | {recall} | {delay.replace('h', ' h').replace('m', ' min')} |")
