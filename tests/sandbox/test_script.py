"""Files of events that are to happen: what is played, when, and every way in which a line can be wrong."""

from pathlib import Path

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.project.load import load_project
from watchkeeper.project.model import Environment
from watchkeeper.sandbox.actions import BrokenIntake, Deploy, Failover, LostZone, Nothing, Planned, SetCount, Traffic
from watchkeeper.sandbox.scenario import Scenario
from watchkeeper.sandbox.script import read_script
from watchkeeper.sandbox.traffic import GeneratedDay

SETTING = Scenario(
    start="2026-11-24T12:00:00Z",
    minutes=60,
    seed=1,
    day=GeneratedDay(night_rps=1, peak_rps=2),
    shares={"api": 1.0},
)


@pytest.fixture(scope="session")
def environment(root: Path) -> Environment:
    return load_project(root).environment("local")


def script(tmp_path: Path, environment: Environment, *lines: str) -> tuple[Scenario, list[Planned]]:
    path = tmp_path / "storm.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return read_script(path, "storm.jsonl", SETTING, environment)


def problems(tmp_path: Path, environment: Environment, *lines: str) -> list[tuple[str, str, str]]:
    with pytest.raises(ConfigError) as caught:
        script(tmp_path, environment, *lines)
    return [(str(each.where), each.what, each.fix) for each in caught.value.problems]


def test_events_are_played_by_their_time_and_those_of_one_instant_as_they_are_written(
    tmp_path: Path, environment: Environment
) -> None:
    """Relative times and instants may stand in one file; empty lines do not count."""
    played, plan = script(
        tmp_path,
        environment,
        '{"at": "+0m", "kind": "note", "title": "the shift begins"}',
        '{"at": "2026-11-24T12:10:30Z", "kind": "failover"}',
        "",
        '{"at": "+20m", "kind": "scaling", "service": "api", "detail": {"to": 6}}',
        '{"at": "+1200s", "kind": "workload", "detail": {"factor": 2, "minutes": 5}}',
    )

    assert played == SETTING
    assert [(each.at_m, each.action) for each in plan] == [
        (0, Nothing()),
        (10, Failover()),
        (20, SetCount(to=6)),
        (20, Traffic(factor=2, minutes=5)),
    ]
    assert [each.until_m for each in plan] == [None, None, None, 25]


def test_a_timeline_of_the_past_moves_the_play_to_it(tmp_path: Path, environment: Environment) -> None:
    """The play begins half an hour before its first event and ends no less than half an hour after its last."""
    played, plan = script(
        tmp_path,
        environment,
        '{"at": "2025-03-02T23:50:10Z", "kind": "deploy", "service": "api", "source": "ci", "env": "prod"}',
        '{"at": "2025-03-03T01:05:00+00:00", "kind": "fault", "source": "zone-lost",'
        ' "detail": {"zone": "eu-west-1b", "minutes": 9}}',
    )

    assert (played.start, played.minutes) == ("2025-03-02T23:20:00Z", 135)
    assert [(each.at_m, each.action) for each in plan] == [
        (30, Deploy()),
        (105, LostZone(zone="eu-west-1b", minutes=9)),
    ]
    assert {each.event.env for each in plan} == {"local"}


def test_every_problem_of_every_line_is_told_at_once(tmp_path: Path, environment: Environment) -> None:
    """With file, line, column and what to write instead."""
    found = problems(
        tmp_path,
        environment,
        '{"at": "+1m", "kind": "deployed", "service": "api"}',
        '{"at": "noon", "kind": "monitor", "source": "m", "title": "t"}',
        '{"at": "+1m", "kind": "fault", "source": "aurora-slo", "detail": {"factor": 3, "minutes": 2}}',
        '{"at": "+1m", "kind": "fault", "source": "zone-lost", "detail": {"zone": "eu-west-1d", "minutes": 2}}',
        '{"at": "+1m", "kind": "scaling", "detail": {"to": -1, "by": 2}}',
        '{"at": "+1m", "kind": "deploy", "service": "apo"}',
        "{at: +1m}",
        '{"at": "+1m", "knd": "note"}',
    )

    assert found == [
        ("storm.jsonl:1:23", "there is no kind `deployed`", "did you mean `deploy`?"),
        ("storm.jsonl:2:8", "`noon` is no time", "write +10m, +90s, +1h, or an instant as 2026-11-24T12:20:00Z"),
        (
            "storm.jsonl:2:24",
            "`monitor` is an outcome; it cannot be played",
            "leave the line out: what becomes of the others is what a replay shows",
        ),
        ("storm.jsonl:3:42", "there is no fault `aurora-slo`", "did you mean `aurora-slow`?"),
        ("storm.jsonl:4:74", "`local` has no zone `eu-west-1d`", found[4][2]),
        ("storm.jsonl:5:1", "a scaling names no service", 'add `"service": "NAME"`'),
        ("storm.jsonl:5:51", "`to` in a scaling: must be greater than or equal to 0, not `-1`", ""),
        ("storm.jsonl:5:55", "unknown key `by` in a scaling", "known keys: to"),
        ("storm.jsonl:6:44", "`local` has no service `apo`", "did you mean `api`?"),
        ("storm.jsonl:7:2", "not a JSON object", "write one event a line"),
        ("storm.jsonl:8:1", "`kind` is missing in the event", "add `kind:`"),
        ("storm.jsonl:8:15", "unknown key `knd` in the event", "did you mean `kind`?"),
    ]


def test_a_line_that_lies_before_the_one_above_is_refused(tmp_path: Path, environment: Environment) -> None:
    """A timeline is sorted by time; the likely mistake is a time that was mistyped."""
    found = problems(
        tmp_path,
        environment,
        '{"at": "+20m", "kind": "note"}',
        '{"at": "+2m", "kind": "note"}',
        '{"at": "2026-11-24T12:19:59Z", "kind": "note"}',
        '{"at": "+20m", "kind": "note"}',
    )

    fix = "sort the lines by time, or mend the time"
    assert found == [
        ("storm.jsonl:2:8", "`+2m` lies before `+20m` of line 1", fix),
        ("storm.jsonl:3:8", "`2026-11-24T12:19:59Z` lies before `+20m` of line 1", fix),
    ]


def test_an_event_after_the_end_of_the_play_is_refused(tmp_path: Path, environment: Environment) -> None:
    """Nothing is left out in silence."""
    (found,) = problems(tmp_path, environment, '{"at": "+60m", "kind": "note"}')

    assert found[:2] == ("storm.jsonl:1:8", "the event lies outside of the play")
    assert "2026-11-24T12:00:00Z to 2026-11-24T13:00:00Z" in found[2]


def test_a_file_without_events_or_without_text_is_refused(tmp_path: Path, environment: Environment) -> None:
    """Exit code 2 like every other wrong file."""
    assert problems(tmp_path, environment, "") == [
        ("storm.jsonl:1:1", "there is no event in it", "write one event a line")
    ]
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_script(tmp_path / "bytes.jsonl", "bytes.jsonl", SETTING, environment)
    with pytest.raises(ConfigError, match="No such file"):
        read_script(tmp_path / "none.jsonl", "none.jsonl", SETTING, environment)


def test_the_end_of_what_lasts_is_told_in_its_own_words(tmp_path: Path, environment: Environment) -> None:
    """A zone is back, the traffic is as usual, a fault ends."""
    _, plan = script(
        tmp_path,
        environment,
        '{"at": "+1m", "kind": "fault", "source": "zone-lost", "detail": {"zone": "eu-west-1a", "minutes": 9}}',
        '{"at": "+2m", "kind": "workload", "service": "api", "detail": {"factor": 2, "minutes": 9}}',
        '{"at": "+3m", "kind": "workload", "detail": {"factor": 2, "minutes": 9}}',
        '{"at": "+4m", "kind": "fault", "source": "aurora-slow", "detail": {"minutes": 9}}',
    )

    assert [each.end_title for each in plan] == [
        "zone eu-west-1a is back",
        "api gets its usual requests again",
        "every service gets its usual requests again",
        "aurora-slow ends",
    ]


def test_an_intake_that_is_down_is_a_fault_of_its_own(tmp_path: Path, environment: Environment) -> None:
    """Of metrics and logs unless the line says which; 0 stands for no answer at all."""
    _, (both, silent) = script(
        tmp_path,
        environment,
        '{"at": "+10m", "kind": "fault", "source": "intake-down", "detail": {"minutes": 10}}',
        '{"at": "+30m", "kind": "fault", "source": "intake-down",'
        ' "detail": {"minutes": 5, "answers": 0, "of": "logs"}}',
    )

    assert (both.action, both.until_m) == (BrokenIntake(minutes=10), 20)
    assert both.event.title == "Datadog's intake of metrics and logs answers 503"
    assert silent.action == BrokenIntake(minutes=5, answers=0, of="logs")
    assert silent.event.title == "Datadog's intake of logs does not answer"


def test_a_status_that_no_intake_answers_is_refused(tmp_path: Path, environment: Environment) -> None:
    """With the ones that there are."""
    line = '{"at": "+10m", "kind": "fault", "source": "intake-down", "detail": {"minutes": 10, "answers": 200}}'
    ((_, what, _),) = problems(tmp_path, environment, line)

    assert "answers" in what
