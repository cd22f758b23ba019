"""Backtest, unit test and sandbox on the same series: the sandbox is spoken to over HTTP only, as Datadog would be."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from tests.monitors.test_replay import MINUTES, START, all_series, definitions
from watchkeeper.monitors.backtest.run import Job, run_job
from watchkeeper.monitors.playback import play, queried_metrics
from watchkeeper.monitors.state import Transition
from watchkeeper.monitors.subject import Subject
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.query.forms import MemberId
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.recorded import RecordedSeries, Track, recorded
from watchkeeper.query.series import Series
from watchkeeper.sandbox.control import KEY_HEADER
from watchkeeper.sandbox.process import Accounts, start_sandbox

END = START + 60 * MINUTES
_TYPES = {"count": 1, "rate": 2, "gauge": 3}
Told = tuple[int, tuple[str, ...], str, str, float | None]
"""Of a transition that people are told of: when, group, from, to, value."""


class StandIn:
    """A running sandbox, by its two APIs."""

    def __init__(self, urls: Mapping[str, str], keys: Mapping[str, str]) -> None:
        names = {"DD-API-KEY": keys["datadog_api_key"], "DD-APPLICATION-KEY": keys["datadog_app_key"]}
        self._datadog = httpx.Client(base_url=urls["datadog"], headers=names, trust_env=False, timeout=60)
        control = {KEY_HEADER: keys["control_key"]}
        self._control = httpx.Client(base_url=urls["control"], headers=control, trust_env=False, timeout=60)

    def reset(self) -> None:
        """Forget everything; virtual time stands at the begin of the series."""
        self._control.post("/reset", json={"to": START}).raise_for_status()

    def create(self, definition: Mapping[str, Any]) -> int:
        """The id of a new monitor; one that Datadog would refuse is none of those that are compared."""
        answer = self._datadog.post("/api/v1/monitor", json=definition)
        if answer.status_code == 400:
            reject()
        return int(answer.raise_for_status().json()["id"])

    def submit(self, recording: RecordedSeries) -> None:
        """All samples of all series; distributions have an endpoint of their own."""
        tracks = [track for metric in recording.metrics for track in recording.tracks(metric)]
        bodies = [_body(track) for track in tracks if track.kind != "distribution"]
        self._datadog.post("/api/v2/series", json={"series": bodies}).raise_for_status()
        points = [_distribution(track) for track in tracks if track.kind == "distribution"]
        self._datadog.post("/api/v1/distribution_points", json={"series": points}).raise_for_status()

    def submit_logs(self, recording: RecordedSeries) -> None:
        """As many logs as the series count, each with the series' tags; in the pieces that Datadog takes."""
        logs = [
            {"timestamp": 1000 * at, "message": "m", "ddtags": ",".join(sorted(track.tags)), "service": "api"}
            for track in recording.tracks('logs("*")')
            for at, value in zip(track.timestamps.tolist(), track.values.tolist(), strict=True)
            for _ in range(int(value))
        ]
        for first in range(0, len(logs), 1000):
            self._datadog.post("/api/v2/logs", json=logs[first : first + 1000]).raise_for_status()

    def submit_runs(self, recording: RecordedSeries) -> None:
        """All samples as runs of service checks."""
        runs = [
            {"check": metric, "status": int(value), "timestamp": at, "tags": sorted(track.tags)}
            for metric in recording.metrics
            for track in recording.tracks(metric)
            for at, value in zip(track.timestamps.tolist(), track.values.tolist(), strict=True)
        ]
        self._datadog.post("/api/v1/check_run", json=runs).raise_for_status()

    def told(self, monitor: int) -> list[Told]:
        """What people are told of a monitor until the end."""
        answer = self._control.post("/clock", json={"to": END}).raise_for_status().json()
        details = [(each["at"], each["detail"]) for each in answer["events"] if each["kind"] == "monitor"]
        return sorted(
            (
                (_seconds(at), tuple(each["group"]), each["from"], each["to"], each["value"])
                for at, each in details
                if each["monitor"] == monitor
            ),
            key=str,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._datadog.close()
        self._control.close()


def _seconds(at: str | int) -> int:
    return at if isinstance(at, int) else int(datetime.fromisoformat(at).timestamp())


def _body(track: Track) -> dict[str, Any]:
    points = zip(track.timestamps.tolist(), track.values.tolist(), strict=True)
    return {
        "metric": track.metric,
        "type": _TYPES[track.kind],
        "interval": track.interval_s,
        "tags": sorted(track.tags),
        "points": [{"timestamp": at, "value": value} for at, value in points],
    }


def _distribution(track: Track) -> dict[str, Any]:
    """Values of one instant in one point."""
    values: dict[int, list[float]] = {}
    for at, value in zip(track.timestamps.tolist(), track.values.tolist(), strict=True):
        values.setdefault(at, []).append(value)
    return {"metric": track.metric, "tags": sorted(track.tags), "points": [list(point) for point in values.items()]}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """One for all examples; each of them resets it."""
    root: Path = tmp_path_factory.mktemp("sandbox")
    running = start_sandbox(root, Accounts(owner_email="a@example.com", slack_account="s"), pid=os.getpid(), now=START)
    found = StandIn(running.record.urls, running.record.keys)
    yield found
    found.close()
    running.close()
    remove_record(root)


def subject_of(definition: Mapping[str, Any], name: str = "m") -> Subject:
    body = {"name": name, "message": "", "tags": [], **definition}
    return Subject(id=name, declaration=name, env="", definition=body)


def told_of(transitions: list[Transition]) -> list[Told]:
    return sorted(
        ((each.at, each.group, each.previous, each.current, each.value) for each in transitions if each.notifies),
        key=str,
    )


def compared(
    sandbox: StandIn, subject: Subject, recording: RecordedSeries, members: Mapping[MemberId, Subject], number: int
) -> None:
    """Backtest and unit test see every transition alike, and the sandbox tells those that people are told of."""
    found = run_job(Job(subject=subject, start=START, end=END, members=members), recording)
    backtested = [change for group in found.groups for change in group.transitions]
    tested = [each for step in play(subject, recording, START, END, members=members) for each in step.transitions]

    assert sorted(backtested, key=str) == sorted(tested, key=str)
    assert sandbox.told(number) == told_of(tested)


MANY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@MANY
@given(definition=definitions(), recording=all_series())
def test_unit_test_backtest_and_sandbox_see_the_same_transitions(
    sandbox: StandIn, definition: dict[str, Any], recording: RecordedSeries
) -> None:
    """Of any query over series: groups, recovery thresholds, no data, delays, repeats, changes."""
    subject = subject_of(definition)
    try:
        queried_metrics(subject)
    except QuerySyntaxError:
        reject()
    sandbox.reset()
    number = sandbox.create(subject.definition)
    sandbox.submit(recording)

    compared(sandbox, subject, recording, {}, number)


@MANY
@given(
    first=definitions(),
    second=definitions(),
    condition=st.sampled_from(["{0} && {1}", "{0} || {1}", "{0} && !{1}", "!({0} || {1})", "({0} || !{1}) && {1}"]),
    options=st.sampled_from([{}, {"notify_no_data": True}, {"renotify_interval": 5}]),
    recording=all_series(),
)
def test_of_composites_too(
    sandbox: StandIn,
    first: dict[str, Any],
    second: dict[str, Any],
    condition: str,
    options: dict[str, Any],
    recording: RecordedSeries,
) -> None:
    """Of any two monitors, with whatever groups they have."""
    subjects = [subject_of(first, "first"), subject_of(second, "second")]
    try:
        for each in subjects:
            queried_metrics(each)
    except QuerySyntaxError:
        reject()
    sandbox.reset()
    numbers = [sandbox.create(each.definition) for each in subjects]
    composite = subject_of({"type": "composite", "query": condition.format(*numbers), "options": options})
    number = sandbox.create(composite.definition)
    sandbox.submit(recording)

    members: dict[MemberId, Subject] = dict(zip(numbers, subjects, strict=True))
    compared(sandbox, composite, recording, members, number)


@st.composite
def check_runs(draw: st.DrawFn) -> RecordedSeries:
    """Runs of a check on some hosts, with gaps."""
    found = []
    for host in draw(st.sets(st.sampled_from("abc"), min_size=1)):
        statuses = draw(st.lists(st.sampled_from([0, 0, 1, 2, 2, 3, None]), min_size=MINUTES, max_size=MINUTES))
        samples = [(START + 60 * minute, status) for minute, status in enumerate(statuses) if status is not None]
        stamps, values = [at for at, _ in samples], [float(status) for _, status in samples]
        found.append(Series("up", frozenset({f"host:{host}"}), stamps, values))
    return recorded(found)


@MANY
@given(
    last=st.integers(2, 6),
    by=st.sampled_from(["", '.by("host")']),
    thresholds=st.fixed_dictionaries({"critical": st.integers(1, 4), "ok": st.integers(1, 3)}),
    options=st.sampled_from([{}, {"notify_no_data": True, "no_data_timeframe": 2}, {"renotify_interval": 4}]),
    recording=check_runs(),
)
def test_of_service_checks_too(
    sandbox: StandIn,
    last: int,
    by: str,
    thresholds: dict[str, int],
    options: dict[str, Any],
    recording: RecordedSeries,
) -> None:
    """Runs in a row, one group a host or none."""
    query = f'"up".over("*"){by}.last({last}).count_by_status()'
    subject = subject_of({"type": "service check", "query": query, "options": {"thresholds": thresholds, **options}})
    sandbox.reset()
    number = sandbox.create(subject.definition)
    sandbox.submit_runs(recording)

    compared(sandbox, subject, recording, {}, number)


@st.composite
def counted_logs(draw: st.DrawFn) -> RecordedSeries:
    """How many logs of some hosts there are, minute by minute; in many minutes there is none."""
    found = []
    for tags in draw(st.sets(st.sampled_from([("a", "prod"), ("a", "dev"), ("b", "prod"), ("c", "dev")]), max_size=3)):
        counts = draw(st.lists(st.sampled_from([0, 0, 1, 2, 5]), min_size=MINUTES, max_size=MINUTES))
        samples = [(START + 60 * minute, float(count)) for minute, count in enumerate(counts) if count]
        named = frozenset({f"host:{tags[0]}", f"env:{tags[1]}"})
        found.append(Series('logs("*")', named, [at for at, _ in samples], [count for _, count in samples], "count"))
    return recorded(found)


@MANY
@given(
    search=st.sampled_from(["*", "env:prod", "env:prod -host:a", "host:(a OR b)", "env:nowhere", "service:api"]),
    by=st.sampled_from(["", '.by("host")', '.by("env,host")']),
    window=st.sampled_from(["1m", "5m", "15m"]),
    comparison=st.sampled_from(["> 0", "> 6", ">= 12", "< 3"]),
    options=st.sampled_from(
        [
            {},
            {"new_group_delay": 0},
            {"on_missing_data": "show_and_notify_no_data", "new_group_delay": 0},
            {"on_missing_data": "resolve", "renotify_interval": 4},
            {"groupby_simple_monitor": True},
        ]
    ),
    recording=counted_logs(),
)
def test_of_counts_of_logs_too(
    sandbox: StandIn,
    search: str,
    by: str,
    window: str,
    comparison: str,
    options: dict[str, Any],
    recording: RecordedSeries,
) -> None:
    """The sandbox looks through the logs that arrived, the other two count by tags."""
    query = f'logs("{search}").index("*").rollup("count"){by}.last("{window}") {comparison}'
    subject = subject_of({"type": "log alert", "query": query, "options": options})
    if search == "service:api":
        recording = recorded(
            Series(each.metric, each.tags | {"service:api"}, each.timestamps.tolist(), each.values.tolist(), each.kind)
            for each in recording.tracks('logs("*")')
        )
    sandbox.reset()
    number = sandbox.create(subject.definition)
    sandbox.submit_logs(recording)

    compared(sandbox, subject, recording, {}, number)


@st.composite
def measured(draw: st.DrawFn) -> RecordedSeries:
    """A distribution: up to three measurements of one instant, with gaps."""
    found = []
    for host in draw(st.sets(st.sampled_from("abc"), min_size=1)):
        drawn = draw(st.lists(st.lists(st.integers(0, 20), max_size=3), min_size=MINUTES // 2, max_size=MINUTES // 2))
        samples = [(START + 120 * step, float(value)) for step, values in enumerate(drawn) for value in values]
        tags = frozenset({f"host:{host}", "env:prod"})
        found.append(Series("m", tags, [at for at, _ in samples], [value for _, value in samples], "distribution", 60))
    return recorded(found)


@MANY
@given(
    aggregator=st.sampled_from(["p50", "p90", "p99", "avg", "max", "count", "sum"]),
    time=st.sampled_from(["avg", "max", "min"]),
    by=st.sampled_from(["", " by {host}"]),
    critical=st.sampled_from([5, 10, 19]),
    options=st.sampled_from([{"new_group_delay": 0}, {"on_missing_data": "show_and_notify_no_data"}]),
    recording=measured(),
)
def test_of_distributions_and_their_percentiles_too(
    sandbox: StandIn,
    aggregator: str,
    time: str,
    by: str,
    critical: int,
    options: dict[str, Any],
    recording: RecordedSeries,
) -> None:
    """Several measurements of one instant all count."""
    subject = subject_of(
        {
            "type": "query alert",
            "query": f"{time}(last_10m):{aggregator}:m{{env:prod}}{by} > {critical}",
            "options": options,
        }
    )
    sandbox.reset()
    number = sandbox.create(subject.definition)
    sandbox.submit(recording)

    compared(sandbox, subject, recording, {}, number)
