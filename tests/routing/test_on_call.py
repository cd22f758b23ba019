"""Who is paged, with names and instants worked out by hand from a calendar.

checkout: ana, bo, chen take weeks from Monday 5 January 2026, 09:00 in Berlin; dara, eli take weekends from Saturday
3 January, 09:00, for 48 hours. platform: dara, eli take weeks; chen, bo take nights of 22:00 to 07:00 from 5 January.
"""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from watchkeeper.errors import ConfigError
from watchkeeper.project.load import load_project
from watchkeeper.routing.escalation import levels_at
from watchkeeper.routing.load import OnCallPlan, load_on_call
from watchkeeper.routing.schedule import Override, Restriction, Schedule, ScheduleLayer, on_call_at


@pytest.fixture(scope="module")
def plan(root: Path) -> OnCallPlan:
    project = load_project(root)
    return load_on_call(project, project.environment("prod"))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("schedule", "when", "person"),
    [
        ("checkout", "2026-07-15T12:00:00Z", "ana"),  # a Wednesday, week 27: 27 mod 3 = 0
        ("checkout", "2026-11-24T18:41:00Z", "bo"),  # a Tuesday evening, week 46: 46 mod 3 = 1
        ("checkout", "2026-11-28T12:00:00Z", "eli"),  # a Saturday, weekend 47: 47 mod 2 = 1
        ("checkout", "2026-11-23T07:59:59Z", "dara"),  # one second before Monday's hand-off, still weekend 46
        ("checkout", "2026-11-23T08:00:00Z", "bo"),  # Monday 09:00 in Berlin, winter
        ("checkout", "2026-03-30T06:59:59Z", "dara"),  # the Monday after the spring change: 08:59:59 summer time
        ("checkout", "2026-03-30T07:00:00Z", "ana"),  # 09:00 stays 09:00: week 12
        ("checkout", "2026-10-25T00:30:00Z", "dara"),  # 02:30 for the first time, the autumn change: weekend 42
        ("checkout", "2026-10-25T01:30:00Z", "dara"),  # 02:30 for the second time
        ("checkout", "2026-10-26T07:59:59Z", "dara"),  # the Monday after it: the weekend was one hour longer
        ("checkout", "2026-10-26T08:00:00Z", "ana"),  # week 42
        ("platform", "2026-10-25T01:30:00Z", "chen"),  # the night 292 of the autumn change
        ("platform", "2026-10-25T05:59:59Z", "chen"),  # 06:59:59 winter time
        ("platform", "2026-10-25T06:00:00Z", "eli"),  # 07:00: the night is over; week 41
    ],
    ids=str,
)
def test_the_schedule_names_who_the_calendar_says(plan: OnCallPlan, schedule: str, when: str, person: str) -> None:
    """Weekday, weekend, both sides of a hand-off, inside both daylight-saving changes."""
    found = on_call_at(plan.schedules[schedule], at(when))

    assert found is not None
    assert found.person == person


def test_an_unacknowledged_page_moves_up_when_the_time_out_ends(plan: OnCallPlan) -> None:
    """At once, after 5 minutes, after 15."""
    reached = levels_at(plan.policies["checkout"], plan.schedules, at("2026-11-24T18:41:00Z"))

    assert [(each.level, each.after_s, [who.person for who in each.people]) for each in reached] == [
        (1, 0, ["bo"]),
        (2, 300, ["dara"]),
        (3, 900, ["ana"]),
    ]


def test_a_level_is_asked_at_the_instant_it_is_reached(plan: OnCallPlan) -> None:
    """A page at 21:57 in Berlin reaches level 2 at 22:02, when the night shift has begun."""
    reached = levels_at(plan.policies["checkout"], plan.schedules, at("2026-11-24T20:57:00Z"))

    assert [who.person for who in reached[1].people] == ["bo"]
    assert reached[1].people[0].source == "platform: nights"


def layer(**changes: object) -> ScheduleLayer:
    given: dict[str, object] = {"name": "l", "people": ("ana",), "rotation_start": 0, "turn_s": 86_400, "start": 0}
    return ScheduleLayer(**{**given, **changes})  # type: ignore[arg-type]


def test_a_later_override_wins_over_everything_below_it() -> None:
    """Overrides lie on top of the layers."""
    schedule = Schedule(
        id="s", time_zone="Etc/UTC", layers=(layer(),), overrides=(Override(0, 100, "bo"), Override(50, 100, "chen"))
    )

    assert [getattr(on_call_at(schedule, when), "person", None) for when in (10, 60, 100)] == ["bo", "chen", "ana"]


def test_a_gap_reaches_nobody_and_an_empty_level_is_passed_over(plan: OnCallPlan) -> None:
    """Office hours only: nobody at night."""
    office = layer(restrictions=(Restriction(9 * 3600, 8 * 3600),))
    schedule = Schedule(id="checkout", time_zone="Etc/UTC", layers=(office,))
    night = at("2026-11-24T03:00:00Z")

    assert on_call_at(schedule, night) is None
    reached = levels_at(plan.policies["checkout"], {**plan.schedules, "checkout": schedule}, night)
    assert [(each.level, each.after_s) for each in reached] == [(2, 0), (3, 600)]


def test_a_window_may_run_past_midnight_and_past_the_end_of_the_week() -> None:
    """Sunday 22:00 for nine hours covers Monday 06:59 and not 07:00."""
    window = Restriction(22 * 3600, 9 * 3600, weekday=7)
    schedule = Schedule(id="s", time_zone="Etc/UTC", layers=(layer(restrictions=(window,)),))

    covered = [on_call_at(schedule, at(f"2026-11-23T0{hour}:00:00Z")) is not None for hour in (6, 7)]
    assert covered == [True, False]


def test_every_mistake_of_the_routing_files_is_told_at_once(root: Path, tmp_path: Path) -> None:
    """An unknown person, zone, schedule and team, each with its place."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    folder = tmp_path / "platform" / "routing"
    shutil.copytree(root / "platform" / "routing", folder)
    schedules, policies = folder / "schedules.yaml", folder / "escalation_policies.yaml"
    schedules.write_text(schedules.read_text().replace("[ana, bo, chen]", "[anna]").replace("Berlin", "Berln", 1))
    policies.write_text(policies.read_text().replace("schedules: [checkout]", "schedules: [chekout]"))
    policies.write_text(policies.read_text().replace("team: checkout", "team: chckout"))
    project = load_project(tmp_path)

    with pytest.raises(ConfigError) as caught:
        load_on_call(project, project.environment("dev"))

    assert sorted(problem.what for problem in caught.value.problems) == [
        "unknown person `anna`",
        "unknown schedule `chekout`",
        "unknown team `chckout`",
        "unknown time zone `Europe/Berln`",
    ]
    assert all(problem.where for problem in caught.value.problems)
