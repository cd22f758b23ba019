"""`monitors backtest --try`: a row for each monitor and setting."""

from pathlib import Path

import pytest

from tests.commands.backtest.command import LATENCY, START, answer, backtest, monitors


def test_what_if_and_labels_make_a_table(project: Path, recording: Path, tmp_path: Path) -> None:
    """A higher threshold loses nothing that was labelled, and the false page."""
    labels = tmp_path / "labels.csv"
    labels.write_text("start,end,name\n2026-01-12T00:40:00Z,2026-01-12T00:50:00Z,outage\n")
    arguments = ("--series", str(recording), "--labels", str(labels), "--try", "critical=50,110,200")

    found = answer(backtest(project, *arguments, "--json"))
    shown = backtest(project, *arguments).stdout

    assert [(each["settings"], each["pages"]) for each in found["variants"]] == [
        ({"critical": "50"}, 2),
        ({"critical": "110"}, 1),
        ({"critical": "200"}, 0),
    ]
    score = found["variants"][1]["monitors"][0]["score"]
    assert (score["precision"], score["recall"], score["delay_s"]) == (1.0, 1.0, 240)
    assert "critical=110  1      0         3m        0      1.00 (1/1)  1.00 (1/1)  4m     ###############" in shown


@pytest.fixture
def two(recording: Path) -> Path:
    """Beside the errors an hour of commit latency: 45 ms from minute 20 to 39, else 10."""
    lines = [
        f"{START + 60 * minute},{LATENCY},{45 if 20 <= minute < 40 else 10},env:prod|dbinstanceidentifier:writer"
        for minute in range(60)
    ]
    with recording.open("a") as file:
        file.write("\n".join(lines) + "\n")
    return recording


BOTH = ("--monitor", "db-commit-latency", "--try")


def test_a_threshold_is_tried_for_each_monitor_by_itself(project: Path, two: Path, tmp_path: Path) -> None:
    """40 errors and 40 ms have nothing in common: a table each, on the terminal, as Markdown and HTML, and no sum."""
    page, report = tmp_path / "page.html", tmp_path / "report.md"
    arguments = ("--series", str(two), *BOTH, "critical=40,110")

    found = answer(backtest(project, *arguments, "--json", "--html", str(page), "--markdown", str(report)))
    shown = backtest(project, *arguments).stdout

    assert [(each["settings"]["critical"], "pages" in each) for each in found["variants"]] == [
        ("40", False),
        ("110", False),
    ]
    pages = [{each["id"]: each["pages"] for each in variant["monitors"]} for variant in found["variants"]]
    assert pages == [{"db-commit-latency": 1, "edge-elb-5xx": 2}, {"db-commit-latency": 0, "edge-elb-5xx": 1}]
    rows = [line.split()[:2] for line in shown[shown.index("What if") :].splitlines()]
    assert [row for row in rows if row and row[0] != "settings"] == [
        ["What", "if"],
        ["edge-elb-5xx"],
        ["as", "declared"],
        ["critical=40", "2"],
        ["critical=110", "1"],
        ["db-commit-latency"],
        ["as", "declared"],
        ["critical=40", "1"],
        ["critical=110", "0"],
    ]
    headings = [f'scope="rowgroup" colspan="6">{name}</th>' for name in ("edge-elb-5xx", "db-commit-latency")]
    assert [text in page.read_text() for text in headings] == [True, True]
    assert "all monitors" not in shown + page.read_text() + report.read_text()
    assert "What if: db-commit-latency\n\n| settings | pages |" in report.read_text()


def test_what_is_the_same_for_all_monitors_is_added_up_too(project: Path, two: Path) -> None:
    """A window of ten minutes: all monitors together, then each of them."""
    arguments = ("--series", str(two), *BOTH, "window=10m")

    (found,) = answer(backtest(project, *arguments, "--json"))["variants"]
    shown = backtest(project, *arguments).stdout

    assert found["pages"] == sum(each["pages"] for each in found["monitors"]) == 2
    places = [shown.index(f"\n  {name}\n") for name in ("all monitors", "edge-elb-5xx", "db-commit-latency")]
    assert places == sorted(places)


def test_a_monitor_that_cannot_have_a_setting_is_named_and_the_others_are_tried(project: Path, two: Path) -> None:
    """Its recovery threshold of 30 lies beyond 20; alone it is a usage error."""
    done = backtest(project, "--series", str(two), *BOTH, "critical=20,25,40", "--json")

    tried = {each["settings"]["critical"]: [one["id"] for one in each["monitors"]] for each in answer(done)["variants"]}
    assert tried == {"20": ["edge-elb-5xx"], "25": ["edge-elb-5xx"], "40": ["db-commit-latency", "edge-elb-5xx"]}
    assert "`db-commit-latency` is not tried with critical=20, critical=25" in done.stderr
    alone = ("backtest", "--env", "prod", "--monitor", "db-commit-latency", "--series", str(two))
    assert monitors(project, *alone, "--try", "critical=20").returncode == 2


def test_a_setting_that_is_given_twice_is_given_together(project: Path, recording: Path) -> None:
    """No value is lost."""
    arguments = ("--series", str(recording), "--try", "critical=50", "--try", "critical=110", "--json")

    assert [each["settings"] for each in answer(backtest(project, *arguments))["variants"]] == [
        {"critical": "50"},
        {"critical": "110"},
    ]
