"""What a monitor would have done on recorded series."""

from collections.abc import Sequence
from typing import Any

import pytest

from watchkeeper.monitors.backtest.run import Job, run_job
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.forms import MemberId
from watchkeeper.query.recorded import recorded
from watchkeeper.query.series import Kind, Series

START = 1_764_000_000


def series(metric: str, values: Sequence[float], kind: Kind = "gauge", every_s: int = 60, *tags: str) -> Series:
    stamps = [START + every_s * index for index in range(len(values))]
    return Series(metric, frozenset(tags), stamps, values, kind, every_s)


def subject(query: str, monitor_type: str = "query alert", **options: Any) -> Subject:
    definition = {"id": 9, "name": "m", "type": monitor_type, "query": query, "message": "", "options": options}
    return Subject(id="m", declaration="m", env="prod", definition=definition)


HIGH = "avg(last_1m):avg:{0}{{*}} > 10"
STEP = [1.0] * 6 + [9.0] * 4
FORMS: dict[str, tuple[Subject, list[Series], list[tuple[int, str]]]] = {
    "metric": (
        subject("avg(last_2m):avg:m{*} > 10"),
        [series("m", [0, 0, 30, 30, 0, 0, 0, 0, 0, 0])],
        [(1, "OK"), (3, "Alert"), (6, "OK")],
    ),
    "as_count arithmetic": (
        subject("sum(last_2m):sum:e{*}.as_count() / sum:t{*}.as_count() > 0.1"),
        [series("e", [0, 0, 4, 4, 0, 0, 0, 0, 0, 0], "count"), series("t", [20] * 10, "count")],
        [(1, "OK"), (4, "Alert"), (5, "OK")],
    ),
    "change": (
        subject("change(avg(last_1m),5m_ago):avg:m{*} > 5"),
        [series("m", STEP)],
        [(6, "OK"), (7, "Alert")],
    ),
    "pct_change": (
        subject("pct_change(avg(last_1m),5m_ago):avg:m{*} > 100"),
        [series("m", STEP)],
        [(6, "OK"), (7, "Alert")],
    ),
    "percentile of a distribution": (
        subject("avg(last_1m):p50:m{*} > 10"),
        [series("m", [1, 2, 30] * 4 + [1, 20, 30] * 3 + [1, 2, 30] * 3, "distribution", 20)],
        [(1, "OK"), (5, "Alert"), (8, "OK")],
    ),
    "service check": (
        subject('"up".over("*").last(4).count_by_status()', "service check", thresholds={"critical": 3, "ok": 1}),
        [series("up", [0, 2, 2, 2, 0, 0, 0, 0, 0, 0])],
        [(1, "OK"), (4, "Alert"), (5, "OK")],
    ),
    "logs": (
        subject('logs("x").index("*").rollup("count").last("5m") > 10', "log alert"),
        [series('logs("x")', [3, 3, 3, 3, 3, 3, 0, 0, 0, 0], "count")],
        [(1, "OK"), (4, "Alert"), (8, "OK")],
    ),
    "formula": (
        subject(
            'formula("a / b * 100").last("5m") > 50',
            variables=[
                {"name": "a", "data_source": "metrics", "query": "sum:e{*}.as_count()"},
                {"name": "b", "data_source": "metrics", "query": "sum:t{*}.as_count()"},
            ],
        ),
        [series("e", [0, 0, 0, 9, 9, 9, 0, 0, 0, 0], "count"), series("t", [10] * 10, "count")],
        [(1, "OK"), (6, "Alert"), (9, "OK")],
    ),
    "composite": (
        subject("1 && 2", "composite"),
        [series("m", [0, 20, 20, 20, 0, 0, 0, 0, 0, 0]), series("n", [0, 0, 20, 20, 20, 0, 0, 0, 0, 0])],
        [(1, "OK"), (3, "Alert"), (5, "OK")],
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_ten_minutes_of_each_form_agree_with_the_hand(form: str) -> None:
    """To the minute: the states that pencil and paper give."""
    monitor, recording, expected = FORMS[form]
    members: dict[MemberId, Subject] = {number: subject(HIGH.format(name)) for number, name in ((1, "m"), (2, "n"))}

    found = run_job(Job(subject=monitor, start=START, end=START + 600, members=members), recorded(recording))

    changes = [change for group in found.groups for change in group.transitions]
    assert [((change.at - START) // 60, change.current) for change in changes] == expected


def test_a_period_inside_of_the_recording_is_entered_with_the_states_before_it() -> None:
    """An alert that was there already is no page of the period, and its time counts from the period's begin."""
    recording = recorded([series("m", [0.0] * 5 + [20.0] * 10 + [0.0] * 5)])
    job = Job(subject=subject(HIGH.format("m")), start=START + 600, end=START + 1200)

    found = run_job(job, recording)

    assert (found.pages, found.alert_s) == (0, 360)
    assert [(change.at - START, change.current) for change in found.groups[0].transitions] == [(960, "OK")]


def test_the_curve_of_a_report_holds_every_transition() -> None:
    """However few points a long period has."""
    values = [0.0] * 3000
    values[1501] = 20.0
    job = Job(subject=subject(HIGH.format("m")), start=START, end=START + 60 * 3000, has_curve=True)

    found = run_job(job, recorded([series("m", values)]))

    assert (START + 60 * 1502, 20.0) in found.curve
    assert len(found.curve) < 600
