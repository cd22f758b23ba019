"""What a monitor test sees."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from watchkeeper.monitors.playback import Member
from watchkeeper.monitors.subject import Subject
from watchkeeper.monitors.unit_tests.load import load_tests
from watchkeeper.monitors.unit_tests.model import TestResult
from watchkeeper.monitors.unit_tests.run import run_test
from watchkeeper.query.forms import MemberId


def subject(query: str, message: str = "Value {{value}}", reaches: tuple[str, ...] = (), **options: Any) -> Subject:
    definition = {"name": "m", "type": "query alert", "query": query, "message": message, "options": options}
    return Subject(id="m", declaration="m", env="local", definition=definition, reaches=reaches or ("slack:team",))


@pytest.fixture
def judge(tmp_path: Path) -> Any:
    """Runs one test of a monitor; gives its result."""

    def run(
        monitor: Subject,
        series: list[dict[str, Any]],
        expect: list[dict[str, Any]],
        played: dict[MemberId, Subject] | None = None,
        **more: Any,
    ) -> TestResult:
        body = {"tests": [{"name": "t", "monitor": "m", "series": series, "expect": expect, **more}]}
        (tmp_path / "t.yaml").write_text(yaml.safe_dump(body))
        loaded = load_tests(tmp_path, ["t.yaml"], "local")
        assert loaded.problems == []
        (test,) = loaded.tests
        given: dict[MemberId, Member] = {each.id: each.states for each in test.members}
        return run_test(test, monitor, {**given, **(played or {})})

    return run


HIGH = subject("avg(last_2m):avg:m{*} > 10")


def test_an_evaluation_sees_the_window_before_it(judge: Any) -> None:
    """At minute 3 with a window of two: the samples of minutes 1 and 2, and none of minute 3."""
    series = [{"metric": "m", "values": "0 10 30 90"}]

    assert judge(HIGH, series, [{"at": "3m", "value": 20, "state": "Alert"}]).is_ok


def test_the_evaluation_delay_moves_the_window_back(judge: Any) -> None:
    """With a delay of a minute the same value is seen a minute later."""
    late = subject("avg(last_2m):avg:m{*} > 10", evaluation_delay=60)

    assert judge(late, [{"metric": "m", "values": "0 10 30 90"}], [{"at": "4m", "value": 20}]).is_ok


def test_between_two_evaluations_the_earlier_one_counts(judge: Any) -> None:
    """Monitors run at full minutes."""
    series = [{"metric": "m", "values": "0 0 30"}]

    assert judge(HIGH, series, [{"at": "2m59s", "state": "OK"}, {"at": "3m1s", "state": "Alert"}]).is_ok


def test_a_failure_says_what_was_expected_and_what_was_seen(judge: Any) -> None:
    """Only the fields that differ; and the course of the value for a plot."""
    result = judge(HIGH, [{"metric": "m", "values": "20x5"}], [{"at": "3m", "state": "OK", "value": 20, "notices": 0}])

    (failure,) = result.failures
    assert (dict(failure.expected), dict(failure.seen)) == (
        {"state": "OK", "notices": 0},
        {"state": "Alert", "notices": 1},
    )
    assert [(moment.at_s, moment.state) for moment in result.courses[0].moments][-1] == (180, "Alert")


@pytest.mark.parametrize(
    ("expected", "is_ok"),
    [
        ({"message": "is 20"}, True),
        ({"message": "/is \\d+/"}, True),
        ({"message": "is 20", "exact": True}, False),
        ({"message": "/.*is \\d+/", "exact": True}, True),
        ({"reaches": ["slack:team"]}, True),
        ({"reaches": ["slack:team"], "exact": True}, False),
        ({"reaches": ["/page.*/"]}, True),
        ({"reaches": ["page"]}, False),
        ({"reaches": []}, False),
        ({"value": 20.0004}, False),
        ({"title": "[Triggered] m", "exact": True}, True),
    ],
    ids=str,
)
def test_expectations_ask_for_a_part_unless_they_are_exact(judge: Any, expected: dict[str, Any], is_ok: bool) -> None:
    """Text between slashes is a regular expression; an empty list of recipients means nobody."""
    monitor = subject("avg(last_1m):avg:m{*} > 10", "The value is {{value}}", ("slack:team", "pager:x"))

    assert judge(monitor, [{"metric": "m", "values": "20"}], [{"at": "1m", **expected}]).is_ok is is_ok


def test_a_value_may_be_written_as_people_read_it(judge: Any) -> None:
    """Three decimals, as in a message; with `exact: true` the whole value."""
    series = [{"metric": "m", "values": "1 1.5 1.5"}]
    monitor = subject("avg(last_3m):avg:m{*} > 10")

    assert judge(monitor, series, [{"at": "3m", "value": 1.333}]).is_ok
    assert not judge(monitor, series, [{"at": "3m", "value": 1.333, "exact": True}]).is_ok


def test_each_group_is_asked_by_its_tags(judge: Any) -> None:
    """In any order; a group that was never seen has no data."""
    monitor = subject("avg(last_1m):avg:m{*} by {host,zone} > 10", new_group_delay=0)
    series = [
        {"metric": "m", "tags": ["host:a", "zone:x"], "values": "20"},
        {"metric": "m", "tags": ["host:b", "zone:x"], "values": "1"},
    ]
    expect = [
        {"at": "1m", "group": ["zone:x", "host:a"], "state": "Alert", "notices": 1},
        {"at": "1m", "group": ["host:b", "zone:x"], "state": "OK", "notices": 0},
        {"at": "1m", "group": ["host:c", "zone:x"], "state": "No Data"},
        {"at": "1m", "state": "Alert", "value": 20},
    ]

    assert judge(monitor, series, expect).is_ok


def test_what_as_count_asks_for_is_a_counter(judge: Any) -> None:
    """Six samples of ten seconds are added up, where a gauge would be averaged."""
    counted = subject("sum(last_1m):sum:m{*}.as_count() > 10")
    plain = subject("avg(last_1m):sum:m{*} > 10")
    series = [{"metric": "m", "interval": "10s", "values": "3x5"}]

    assert judge(counted, series, [{"at": "1m", "value": 18, "state": "Alert"}]).is_ok
    assert judge(plain, series, [{"at": "1m", "value": 3, "state": "OK"}]).is_ok
    assert judge(plain, [{**series[0], "kind": "count"}], [{"at": "1m", "value": 18}]).is_ok


def test_a_silent_transition_reaches_nobody(judge: Any) -> None:
    """`show_no_data` shows the state and tells nobody."""
    monitor = subject("avg(last_1m):avg:m{*} > 10", on_missing_data="show_no_data")
    expect = [
        {"at": "1m", "state": "Alert", "reaches": ["slack:team"]},
        {"at": "2m", "state": "No Data", "reaches": []},
    ]

    assert judge(monitor, [{"metric": "m", "values": "20 _"}], expect).is_ok


def test_an_exported_monitor_reaches_whom_its_message_names(judge: Any) -> None:
    """Routing knows nothing of it."""
    definition = {"name": "m", "type": "query alert", "query": HIGH.definition["query"], "message": "@pagerduty-api x"}
    exported = Subject(id="1", declaration="1", env="", definition=definition)

    assert judge(exported, [{"metric": "m", "values": "20x2"}], [{"at": "2m", "reaches": ["pagerduty:api"]}]).is_ok


def test_a_downtime_mutes_and_its_end_tells_what_still_burns(judge: Any) -> None:
    """States go on; nobody is told until the downtime expires."""
    expect = [
        {"at": "4m", "state": "Alert", "notices": 0, "reaches": []},
        {"at": "6m", "state": "Alert", "notices": 1, "reaches": ["slack:team"]},
    ]
    series = [{"metric": "m", "tags": ["env:prod"], "values": "20x10"}]
    monitor = subject("avg(last_1m):avg:m{env:prod} > 10")
    downtime = {"start": "0s", "end": "5m", "scope": "env:prod"}

    assert judge(monitor, series, expect, downtimes=[downtime]).is_ok
    assert not judge(monitor, series, expect, downtimes=[{**downtime, "scope": "env:stage"}]).is_ok


def test_a_recurring_downtime_is_given_by_its_rule(judge: Any) -> None:
    """From 00:02 of every day, for three minutes."""
    daily = {"start": "2m", "rrule": "FREQ=DAILY", "duration": "3m"}
    expect = [{"at": "4m", "state": "Alert", "notices": 0}, {"at": "24h4m", "state": "Alert", "notices": 0}]
    series = [{"metric": "m", "values": "0x2 20 0x1438 20x5"}]

    assert judge(subject("avg(last_1m):avg:m{*} > 10"), series, expect, downtimes=[daily]).is_ok


def test_a_service_check_counts_runs_in_a_row(judge: Any) -> None:
    """Three critical ones make the alert, two that are well end it."""
    definition = {
        "name": "m",
        "type": "service check",
        "query": '"http.can_connect".over("env:prod").by("host").last(4).count_by_status()',
        "message": "{{#is_alert}}down{{/is_alert}}",
        "options": {"thresholds": {"critical": 3, "ok": 2}},
    }
    monitor = Subject(id="m", declaration="m", env="prod", definition=definition, reaches=("pagerduty:api",))
    runs = {"check": "http.can_connect", "tags": ["env:prod", "host:a"], "values": "OKx1 CRITICALx4 OKx4"}
    expect = [
        {"at": "4m", "group": "host:a", "state": "OK"},
        {"at": "5m", "group": "host:a", "state": "Alert", "message": "down", "reaches": ["pagerduty:api"]},
        {"at": "8m", "group": "host:a", "state": "Alert"},
        {"at": "9m", "group": "host:a", "state": "OK", "notices": 2},
    ]

    assert judge(monitor, [runs], expect).is_ok


def test_logs_are_given_as_the_counts_that_a_search_finds(judge: Any) -> None:
    """One count a minute for each group."""
    definition = {
        "name": "m",
        "type": "log alert",
        "query": 'logs("status:error").index("*").rollup("count").by("service").last("5m") > 10',
        "message": "{{service.name}}",
        "options": {"new_group_delay": 0},
    }
    monitor = Subject(id="m", declaration="m", env="prod", definition=definition, reaches=("slack:team",))
    found = {"logs": "status:error", "tags": ["service:api"], "values": "1x3 5x10"}
    expect = [
        {"at": "5m", "group": "service:api", "state": "OK", "value": 9},
        {"at": "6m", "group": "service:api", "state": "Alert", "value": 13, "message": "api"},
    ]

    assert judge(monitor, [found], expect).is_ok


def test_all_logs_may_be_given_and_the_search_picks_its_own(judge: Any) -> None:
    """A log of another service is not counted, though it is an error as well."""
    query = 'logs("service:api status:error").index("*").rollup("count").last("5m") > 10'
    definition = {"name": "m", "type": "log alert", "query": query, "message": "errors"}
    monitor = Subject(id="m", declaration="m", env="prod", definition=definition, reaches=("slack:team",))
    everything = [
        {"logs": "*", "tags": ["service:api", "status:error"], "values": "1x3 5x10"},
        {"logs": "*", "tags": ["service:web", "status:error"], "values": "100x14"},
    ]
    expect = [{"at": "5m", "state": "OK", "value": 9}, {"at": "6m", "state": "Alert", "value": 13}]

    assert judge(monitor, everything, expect).is_ok


def test_bundled_notices_are_expected_of_the_bundle(judge: Any) -> None:
    """Of a single pod nobody hears; without a group the notices are those of the bundles."""
    monitor = subject("max(last_1m):avg:m{*} by {cluster,pod} > 10", new_group_delay=0, notify_by=["cluster"])
    series = [
        {"metric": "m", "tags": ["cluster:a", "pod:1"], "values": "0 20 20 0"},
        {"metric": "m", "tags": ["cluster:a", "pod:2"], "values": "0 0 20 0"},
    ]
    expect = [
        {"at": "2m", "group": "cluster:a", "state": "Alert", "notices": 1, "reaches": ["slack:team"]},
        {"at": "3m", "group": ["cluster:a", "pod:2"], "state": "Alert", "notices": 0},
        {"at": "3m", "title": "[Triggered on {cluster:a}] m", "notices": 1},
        {"at": "4m", "notices": 2, "state": "OK"},
    ]

    assert judge(monitor, series, expect).is_ok


def test_a_composite_combines_given_states_and_monitors_that_are_played(judge: Any) -> None:
    """Both must be bad at once."""
    definition = {"name": "m", "type": "composite", "query": "1 && 2", "message": "both"}
    monitor = Subject(id="m", declaration="m", env="prod", definition=definition, reaches=("slack:team",))
    series = [{"metric": "m", "values": "0x3 20x10"}]
    given = [{"id": 1, "monitor": "high"}, {"id": 2, "states": "OKx5 Alertx2 OKx3"}]
    expect = [
        {"at": "6m", "state": "OK"},
        {"at": "7m", "state": "Alert", "message": "both"},
        {"at": "10m", "state": "OK", "notices": 2},
    ]

    assert judge(monitor, series, expect, {1: subject("avg(last_1m):avg:m{*} > 10")}, members=given).is_ok
