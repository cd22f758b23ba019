"""Composites over whole periods: in bulk the same as minute by minute."""

from typing import Any

import pytest

from watchkeeper.monitors.composite_replay import replay_composite
from watchkeeper.monitors.playback import play
from watchkeeper.monitors.subject import Subject
from watchkeeper.query.forms import MemberId
from watchkeeper.query.recorded import RecordedSeries, recorded
from watchkeeper.query.series import Series

START = 1_764_000_000
HOUR = 60


def test_a_composite_is_replayed_with_its_members() -> None:
    """It alerts while one of two metrics is high and the other is not."""
    values = {"m": [0.0, 20.0, 20.0, 0.0], "n": [0.0, 0.0, 20.0, 20.0]}
    stamps = [START + 60 * minute for minute in range(4)]
    source = recorded(Series(name, frozenset(), stamps, each) for name, each in values.items())
    member = {"type": "query alert", "query": "max(last_1m):avg:{}{{*}} > 10"}
    members: dict[MemberId, Subject] = {
        number: Subject(id=name, declaration=name, env="", definition={**member, "query": member["query"].format(name)})
        for number, name in ((1, "m"), (2, "n"))
    }

    found = replay_composite({"type": "composite", "query": "1 && !2"}, members, source, START, START + 240)

    assert [(change.at - START, change.current) for change in found.transitions] == [
        (60, "OK"), (120, "Alert"), (180, "OK"),
    ]  # fmt: skip


def series(metric: str, host: str, spans: list[tuple[int, int, float]]) -> Series:
    """spans: from which minute up to which there is which value; nothing between them."""
    samples = [(START + 60 * minute, value) for start, end, value in spans for minute in range(start, end)]
    return Series(metric, frozenset({f"host:{host}"}), [at for at, _ in samples], [value for _, value in samples])


def days() -> RecordedSeries:
    """Thirty hours of two metrics; one host is silent for a day and is forgotten, another one comes late."""
    return recorded(
        [
            series("m", "a", [(0, 2 * HOUR, 20.0), (28 * HOUR, 30 * HOUR, 20.0)]),
            series("m", "b", [(HOUR, 3 * HOUR, 0.0), (3 * HOUR, 4 * HOUR, 20.0), (4 * HOUR, 30 * HOUR, 0.0)]),
            series("n", "a", [(0, 30 * HOUR, 20.0)]),
            series("n", "b", [(0, 30 * HOUR, 20.0)]),
        ]
    )


@pytest.mark.parametrize("options", [{}, {"renotify_interval": 30}, {"notify_no_data": True}], ids=str)
@pytest.mark.parametrize("member", [{}, {"on_missing_data": "show_no_data"}, {"new_group_delay": 600}], ids=str)
def test_groups_that_come_and_go_make_the_same_transitions(options: dict[str, Any], member: dict[str, Any]) -> None:
    """A host that is forgotten after a day leaves the composite, and comes back as a new one."""
    definitions = [
        {"type": "query alert", "query": f"max(last_5m):avg:{name}{{*}} by {{host}} > 10", "options": member}
        for name in "mn"
    ]
    definition = {"type": "composite", "query": "1 && 2", "options": options}
    subjects = [
        Subject(id="m", declaration="m", env="", definition={"name": "m", "message": "", **each})
        for each in (definition, *definitions)
    ]
    source, end = days(), START + 30 * 3600

    members: dict[MemberId, Subject] = {1: subjects[1], 2: subjects[2]}
    found = replay_composite(definition, members, source, START, end)
    steps = play(subjects[0], source, START, end, members=members)
    expected = [change for step in steps for change in step.transitions]

    assert list(found.transitions) == expected
    assert len(expected) > 4
