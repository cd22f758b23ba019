"""`monitors backtest --live`: the series come from Datadog's query API, here the sandbox's."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.commands.backtest.command import ELB_5XX, LATENCY, PROGRAM, START, live
from watchkeeper.commands.monitors.live_queries import looks_back_s
from watchkeeper.project.sandbox_record import write_record
from watchkeeper.sandbox.process import Sandbox


def test_series_are_read_as_the_queries_ask_for_them_and_kept(project: Path, sandbox: Sandbox) -> None:
    """Over the border of two pieces, with groups; a second run sends no request."""
    done = live(project)

    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    by_id = {each["id"]: each for each in found["monitors"]}
    times = {
        name: [(change["at"][11:16], change["to"]) for group in each["groups"] for change in group["transitions"]]
        for name, each in by_id.items()
    }
    assert times["edge-elb-5xx"][1:] == [("04:13", "Alert"), ("04:23", "OK")]
    assert times["db-commit-latency"] == [("00:01", "OK"), ("00:01", "OK"), ("01:43", "Alert"), ("02:04", "OK")]
    # Two metrics, and three pieces of four hours that hold the period and the windows before it.
    assert found["requests"] == 6

    again = json.loads(live(project).stdout)

    assert again["requests"] == 0
    assert again["monitors"] == found["monitors"]


def post(sandbox: Sandbox, what: str, **body: Any) -> Any:
    """Something that somebody made by hand, over HTTP."""
    keys = sandbox.record.keys
    headers = {"DD-API-KEY": keys["datadog_api_key"], "DD-APPLICATION-KEY": keys["datadog_app_key"]}
    url = f"{sandbox.record.urls['datadog']}/api/v1/{what}"
    answer = httpx.post(url, json=body, headers=headers, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()


def create(sandbox: Sandbox, **body: Any) -> int:
    """A monitor."""
    return int(post(sandbox, "monitor", **body)["id"])


def account(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    period = ("--from", str(START), "--to", str(START + 300 * 60))
    command = [*PROGRAM, "backtest", "--live-monitors", *period, "--project", str(project), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def by_hand(sandbox: Sandbox) -> dict[str, int]:
    """Two monitors and a composite of them, of which one member lacks the team's tag."""
    slow = f"avg(last_1m):max:{LATENCY}{{*}} > 50"
    query = f"sum(last_5m):sum:{ELB_5XX}{{*}}.as_count() > 50"
    first = create(sandbox, name="Slow commits", type="query alert", query=slow, tags=["team:data"], message="slow")
    second = create(sandbox, name="Errors", type="query alert", query=query, tags=[], message="@pagerduty-data-by-hand")
    both = create(sandbox, name="One of both", type="composite", query=f"{first} || {second}", tags=["team:data"])
    return {"slow": first, "errors": second, "both": both}


def test_monitors_of_the_account_are_played_on_its_series(project: Path, by_hand: dict[str, int]) -> None:
    """By tag; a composite brings the members that have no such tag."""
    done = account(project, "--tag", "team:data", "--live", "--json")

    assert done.returncode == 0, done.stderr
    found = {each["id"]: each for each in json.loads(done.stdout)["monitors"]}
    times = {
        name: [change["at"][11:16] for group in each["groups"] for change in group["transitions"]]
        for name, each in found.items()
    }
    assert times == {
        str(by_hand["slow"]): ["00:01", "01:41", "02:01"],
        str(by_hand["both"]): ["00:01", "01:41", "02:01", "04:13", "04:23"],
    }


def test_alerts_on_objectives_bring_the_objective_and_the_monitors_it_is_made_of(
    project: Path, sandbox: Sandbox, by_hand: dict[str, int]
) -> None:
    """Twenty slow minutes are 46 % of what 30 days may have; neither of the two has the tag that is asked for."""
    members = {"type": "monitor", "monitor_ids": [by_hand["slow"]]}
    slo = post(sandbox, "slo", name="Fast", thresholds=[{"timeframe": "30d", "target": 99.9}], **members)["data"][0]
    query = f'error_budget("{slo["id"]}").over("30d") > 25'
    alert = create(sandbox, name="Budget", type="slo alert", query=query, tags=["team:slo"], message="gone")
    gone = f'error_budget("{"0" * 32}").over("30d") > 25'
    lost = create(sandbox, name="Lost", type="slo alert", query=query, tags=["team:slo"], message="gone")
    store = sandbox.datadog.store
    store.put("monitor", str(lost), {**(store.get("monitor", str(lost)) or {}), "query": gone})

    done = account(project, "--tag", "team:slo", "--live", "--json")

    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["monitors"]
    times = [(change["at"][11:16], change["to"]) for group in found["groups"] for change in group["transitions"]]
    assert (found["id"], times) == (str(alert), [("00:30", "OK"), ("02:00", "Alert")])
    assert f"`{lost}` is left out" in done.stderr


@pytest.mark.parametrize(
    "said",
    [
        {"query": {"numerator": "GOOD", "denominator": "ALL"}},
        {
            "sli_specification": {
                "count": {
                    "good_events_formula": {"formula": "good"},
                    "total_events_formula": {"formula": "all"},
                    "queries": [
                        {"data_source": "metrics", "name": "good", "query": "GOOD"},
                        {"data_source": "metrics", "name": "all", "query": "ALL"},
                    ],
                }
            }
        },
    ],
    ids=["numerator", "formula"],
)
def test_an_alert_on_counted_events_reads_its_whole_time_frame(
    project: Path, sandbox: Sandbox, said: dict[str, Any]
) -> None:
    """Of 2,700 requests 200 fail, and 27 may; it is looked at every half hour, as the time-frame is long."""
    for minute in range(300):
        failed = 20 if 250 <= minute < 260 else 0
        for name, value in (("app.answered", 10.0), ("app.failed", failed)):
            sandbox.datadog.store.series.add(name, frozenset({"env:x"}), START + 60 * minute, value, kind="count")
    counted = "sum:app.answered{env:x}.as_count()"
    text = json.dumps(said).replace("GOOD", f"{counted} - sum:app.failed{{env:x}}.as_count()").replace("ALL", counted)
    objective = {"name": "Answers", "type": "metric", "thresholds": [{"timeframe": "7d", "target": 99}]}
    slo = post(sandbox, "slo", **objective, **json.loads(text))["data"][0]
    query = f'error_budget("{slo["id"]}").over("7d") > 100'
    create(sandbox, name="Budget", type="slo alert", query=query, tags=["team:slo"], message="gone")

    done = account(project, "--tag", "team:slo", "--live", "--json")

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    (found,) = answer["monitors"]
    times = [(change["at"][11:16], change["to"]) for group in found["groups"] for change in group["transitions"]]
    assert times == [("00:30", "OK"), ("04:30", "Alert")]
    # Two metrics, and pieces of four hours over the seven days before and five hours.
    assert answer["requests"] == 2 * 44 + 2


def test_monitors_of_the_account_are_played_on_files_too(
    project: Path, by_hand: dict[str, int], tmp_path: Path
) -> None:
    """They are called by number and title; who is woken comes from the handles of their messages."""
    lines = [f"{START + 60 * minute},{ELB_5XX},{20 if 10 <= minute < 20 else 0}," for minute in range(300)]
    (tmp_path / "series.csv").write_text("timestamp,metric,value,tags\n" + "\n".join(lines) + "\n")

    done = account(project, "--monitor", str(by_hand["errors"]), "--series", str(tmp_path / "series.csv"))

    assert done.returncode == 0, done.stderr
    assert f"{by_hand['errors']} Errors" in done.stdout
    assert "1 monitor, 1 group: 1 page, 0 warnings, 10m in alert, 0 flaps" in done.stdout
    assert "whoever is on call for data-by-hand     1 " in done.stdout


def test_the_monitors_of_the_account_and_files_exclude_each_other(project: Path, sandbox: Sandbox) -> None:
    """And a tag chooses among the account's only."""
    assert "leave the paths or --live-monitors out" in account(project, "monitors", "--live").stderr
    assert "leave --base or --live-monitors out" in account(project, "--base", "HEAD", "--live").stderr
    assert "add --live-monitors" in live(project, "--tag", "a:b").stderr
    assert "there are no monitors there" in account(project, "--tag", "a:b", "--live").stderr


def test_an_account_that_refuses_its_monitors_is_named(project: Path, sandbox: Sandbox) -> None:
    """Wrong keys: exit 1, the request and the reason."""
    write_record(project, replace(sandbox.record, keys={**sandbox.record.keys, "datadog_app_key": "wrong"}))

    done = account(project, "--live")

    assert done.returncode == 1
    assert "answered 403 to GET /api/v1/monitor: Forbidden" in done.stderr


def test_a_period_is_needed(project: Path, sandbox: Sandbox) -> None:
    """And files and Datadog exclude each other."""
    command = [*PROGRAM, "backtest", "--project", str(project)]
    without = subprocess.run([*command, "--live"], capture_output=True, text=True, check=False)
    both = subprocess.run([*command, "--live", "--series", "x.csv"], capture_output=True, text=True, check=False)

    assert (without.returncode, both.returncode) == (2, 2)
    assert "add --since 30d" in without.stderr
    assert "the series come from files or from Datadog" in both.stderr


def test_an_account_that_does_not_answer_is_named_with_the_request(project: Path, sandbox: Sandbox) -> None:
    """Exit 1; what was read is kept."""
    for server in sandbox.servers:
        server.close()

    done = live(project)

    assert done.returncode == 1
    assert "(query max:aws.rds.commit_latency{env:local} by {dbinstanceidentifier}.rollup(avg, 60) from" in done.stderr
    assert "the answers so far are kept" in done.stderr


@pytest.mark.parametrize(
    ("query", "options", "seconds"),
    [
        ("avg(last_5m):avg:m{*} > 1", {}, 300),
        ("avg(last_5m):avg:m{*} > 1", {"evaluation_delay": 900}, 1200),
        ("change(avg(last_5m),last_1h):avg:m{*} > 1", {}, 3900),
        ("avg(last_10m):avg:m{*} - week_before(avg:m{*}) > 1", {}, 600 + 7 * 86_400),
        ("avg(last_10m):hour_before(timeshift(avg:m{*}, -60)) > 1", {}, 600 + 3660),
        ("max(next_1d):forecast(avg:m{*}, 'linear', 1, interval='60m', history='1w') >= 10", {}, 7 * 86_400),
        ("avg(last_4h):anomalies(avg:m{*}, 'basic', 2, interval=60, alert_window='last_15m') >= 1", {}, 900 + 4 * 3600),
    ],
    ids=["window", "delay", "change", "a week before", "shifts of shifts", "a forecast", "anomalies"],
)
def test_as_much_is_read_before_the_period_as_a_monitor_looks_back(
    query: str, options: dict[str, int], seconds: int
) -> None:
    """Else what it compares with would be missing, and it would stay silent."""
    assert looks_back_s({"type": "query alert", "query": query, "options": options}) == seconds


def test_anomalies_of_the_week_are_read_with_the_weeks_that_they_learn_from() -> None:
    """Three of them, before the points that are judged."""
    call = "anomalies(avg:m{*}, 'agile', 2, interval=300, alert_window='last_1h', seasonality='weekly')"

    read_s = looks_back_s({"type": "query alert", "query": f"avg(last_1d):{call} >= 1"})

    assert 21 * 86_400 < read_s < 23 * 86_400
