"""Alerts on objectives in `monitors backtest` and `monitors test`, as a user runs them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.backtest.command import START, answer, monitors
from tests.commands.backtest.conftest import project

__all__ = ["project"]

ID = "0123456789abcdef0123456789abcdef"
ALERT = {
    "id": 7,
    "type": "slo alert",
    "query": f'burn_rate("{ID}").over("30d").long_window("1h").short_window("5m") > 14.4',
    "message": "@pagerduty-x",
}
SLO = {
    "id": ID,
    "name": "answered",
    "type": "metric",
    "query": {"numerator": "sum:good{*}.as_count()", "denominator": "sum:all{*}.as_count()"},
    "thresholds": [{"timeframe": "30d", "target": 99.0}],
}


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two hours of 100 requests a minute; in the minutes 70 to 89 none is answered."""
    lines = ["timestamp,metric,value,tags"]
    for minute in range(120):
        lines.append(f"{START + 60 * minute},all,100,env:prod")
        lines.append(f"{START + 60 * minute},good,{0 if 70 <= minute < 90 else 100},env:prod")
    file = tmp_path / "requests.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def exported(folder: Path, **files: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return folder


def backtest(project: Path, folder: Path, recording: Path, *arguments: str) -> Any:
    return monitors(project, "backtest", str(folder), "--series", str(recording), "--json", *arguments)


def test_an_exported_alert_finds_its_objective_beside_it(project: Path, tmp_path: Path, recording: Path) -> None:
    """In any file of the folder, as the API answers: 9 of 60 minutes have failed at minute 79; five minutes end it."""
    folder = exported(tmp_path / "export", monitors=[ALERT], slos={"data": [SLO], "error": None})

    (found,) = answer(backtest(project, folder, recording))["monitors"]

    assert (found["id"], found["pages"]) == ("7", 1)
    assert [
        (change["at"][11:16], change["to"], change["value"] and round(change["value"], 3))
        for change in found["groups"][0]["transitions"]
    ] == [("00:01", "OK", 0.0), ("01:19", "Alert", 15.0), ("01:35", "OK", 0.0)]


def test_an_alert_without_its_objective_is_left_out_and_that_is_said(
    project: Path, tmp_path: Path, recording: Path
) -> None:
    """Which one, and what to do; alone it is an error."""
    plain = {"id": 8, "type": "query alert", "query": "sum(last_5m):sum:good{*}.as_count() < 1", "message": ""}
    folder = exported(tmp_path / "export", monitors=[ALERT, plain])
    done = backtest(project, folder, recording)

    assert [each["id"] for each in answer(done)["monitors"]] == ["8"]
    assert f"`7` is left out: the SLO `{ID}` is not here" in done.stderr
    assert "put the SLO's JSON beside them" in done.stderr

    alone = exported(tmp_path / "alone", monitors=[ALERT])
    assert backtest(project, alone, recording).returncode == 2


def test_an_alert_on_an_objective_may_be_a_member_of_a_composite(
    project: Path, tmp_path: Path, recording: Path
) -> None:
    """So a burn rate can be held back while there is too little traffic."""
    traffic = {"id": 8, "type": "query alert", "query": "sum(last_5m):sum:all{*}.as_count() > 1000", "message": ""}
    both = {"id": 9, "type": "composite", "query": "7 && 8", "message": "@pagerduty-x"}
    folder = exported(tmp_path / "export", everything=[ALERT, traffic, both, SLO])

    found = {each["id"]: each["pages"] for each in answer(backtest(project, folder, recording))["monitors"]}

    assert found == {"7": 1, "8": 0, "9": 0}


def test_other_thresholds_of_a_burn_rate_can_be_tried(project: Path, tmp_path: Path, recording: Path) -> None:
    """Twenty minutes of failures burn at most 33.3 times within an hour."""
    folder = exported(tmp_path / "export", everything=[ALERT, SLO])
    found = answer(backtest(project, folder, recording, "--try", "critical=14.4,30,40"))

    assert [(each["settings"], each["pages"]) for each in found["variants"]] == [
        ({"critical": "14.4"}, 1),
        ({"critical": "30"}, 1),
        ({"critical": "40"}, 0),
    ]


def test_the_declared_burn_rates_are_backtested_with_their_objectives(project: Path, tmp_path: Path) -> None:
    """Over several processes too."""
    lines = ["timestamp,metric,value,tags"]
    for minute in range(120):
        lines.append(f"{START + 60 * minute},aws.applicationelb.request_count,100,env:prod|service:api")
        if 70 <= minute < 90:
            lines.append(f"{START + 60 * minute},aws.applicationelb.httpcode_target_5xx,20,env:prod|service:api")
    file = tmp_path / "elb.csv"
    file.write_text("\n".join(lines) + "\n")

    done = monitors(
        project, "backtest", "--env", "prod", "--monitor", "api/availability-burn-1h", "--monitor",
        "api/availability-burn-24h", "--series", str(file), "--json", "--workers", "2",
    )  # fmt: skip

    assert {each["id"]: each["pages"] for each in answer(done)["monitors"]} == {
        "api/availability-burn-1h": 1,
        "api/availability-burn-24h": 1,
    }


UP = {**SLO, "type": "monitor", "monitor_ids": [8]}
FAILING = {
    "id": 8,
    "type": "query alert",
    "query": "sum(last_1m):sum:good{*}.as_count() < 50",
    "message": "",
    "options": {"thresholds": {"critical": 50}},
}


def test_an_objective_on_monitors_is_backtested_by_replaying_them(
    project: Path, tmp_path: Path, recording: Path
) -> None:
    """The monitor alerts from minute 71 to 91; 9 minutes of 60 are 15 times the 1 % that may be bad."""
    folder = exported(tmp_path / "export", monitors=[ALERT, FAILING], slos={"data": [UP], "error": None})
    found = {each["id"]: each for each in answer(backtest(project, folder, recording))["monitors"]}

    assert [
        (change["at"][11:16], change["to"], change["value"] and round(change["value"], 3))
        for change in found["7"]["groups"][0]["transitions"]
    ] == [("00:01", "OK", 0.0), ("01:20", "Alert", 15.0), ("01:36", "OK", 0.0)]


def test_a_composite_may_hold_an_alert_on_an_objective_that_is_made_of_monitors(
    project: Path, tmp_path: Path, recording: Path
) -> None:
    """The members of its members are played before them."""
    traffic = {"id": 10, "type": "query alert", "query": "sum(last_5m):sum:all{*}.as_count() > 100", "message": ""}
    both = {"id": 9, "type": "composite", "query": "7 && 10", "message": "@pagerduty-x"}
    folder = exported(tmp_path / "export", everything=[both, ALERT, traffic, FAILING, UP])

    found = {each["id"]: each["pages"] for each in answer(backtest(project, folder, recording))["monitors"]}

    assert found == {"7": 1, "8": 1, "9": 1, "10": 1}


def test_monitors_of_an_objective_that_are_not_exported_are_named(
    project: Path, tmp_path: Path, recording: Path
) -> None:
    """An alert that cannot be played is left out, never taken as quiet."""
    folder = exported(tmp_path / "export", everything=[ALERT, {**FAILING, "id": 18}, UP])

    assert "`7` is left out: its members 8 are not among the monitors" in backtest(project, folder, recording).stderr
