"""T1 to T12: what any implementation of target tracking must do, worked out by hand.

60-second datapoints without delay and tasks that start at once, unless a test says otherwise.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.autoscaling.conftest import CPU, MEMORY, NOW, RESOURCE, Fleet, config, minutes
from watchkeeper.autoscaling.control_loop import ControlState, Count, decide
from watchkeeper.autoscaling.model import ScheduledAction, TargetTrackingPolicy
from watchkeeper.autoscaling.schedule import parse_schedule

QUICK = replace(CPU, scale_out_cooldown_s=60)
REQUESTS = TargetTrackingPolicy(id="requests", metric="ALBRequestCountPerTarget", target=1000, scale_out_cooldown_s=60)


def codes(fleet: Fleet) -> list[str]:
    return [each["NotScaledReasons"][0]["Code"] for each in fleet.activities if "NotScaledReasons" in each]


def test_t1_doubled_load_scales_out_in_the_minute_of_the_third_point() -> None:
    """2 tasks, target 50, CPU 45 then 90: ceil(2 x 90 / 50) = 4."""
    fleet = Fleet(config(), running=2)
    fleet.play(load={"cpu": [90.0] * 5 + [180.0] * 3})

    assert fleet.changes == [(NOW + 7 * 60, 4)]


def test_t2_saturated_cpu_needs_three_actions_for_five_times_the_load() -> None:
    """2 tasks at 45 %, load times five needs 9: 4, then 8, then 9, because CPU stops at 100 %."""
    fleet = Fleet(config(QUICK), running=2)
    fleet.play(load={"cpu": [90.0] * 5 + [450.0] * 10})

    assert fleet.counts == [4, 8, 9]


def test_t3_requests_do_not_saturate_and_need_one_action() -> None:
    """The same load counted in requests: 2 to 9 at once."""
    fleet = Fleet(config(REQUESTS), running=2)
    fleet.play(load={"requests": [1800.0] * 5 + [9000.0] * 10}, ceiling=float("inf"))

    assert fleet.counts == [9]


def test_t4_a_small_service_stays_oversized_and_says_so_every_minute() -> None:
    """2 tasks, target 50, CPU 30 for a day: no action; AlreadyAtDesiredCapacity from the 15th minute on."""
    fleet = Fleet(config(), running=2)
    fleet.play({"cpu": minutes((24 * 60, 30.0))})

    assert fleet.changes == []
    assert codes(fleet) == ["AlreadyAtDesiredCapacity"] * (24 * 60 - 14)


def test_t5_two_points_are_not_three_and_equal_is_not_above() -> None:
    """Two above, one at exactly the target, two above: no action."""
    fleet = Fleet(config(), running=2)
    fleet.play({"cpu": minutes((5, 45.0), (2, 90.0), (1, 50.0), (2, 90.0))})

    assert fleet.activities == []


def test_t6_in_the_scale_out_cooldown_only_a_larger_step_adds_its_difference() -> None:
    """+2 at first; a minute later +2 does nothing, +3 adds one."""

    def step(value: float, desired: int, state: ControlState, at: int) -> tuple[int | None, ControlState]:
        count = Count(running=4, desired=desired)
        found = decide(config(), RESOURCE, {"cpu": [value] * 3}, count, state, at)
        return found.desired, found.state

    first, state = step(75, 4, ControlState(), NOW)
    same, _ = step(75, 6, state, NOW + 60)
    more, _ = step(80, 6, state, NOW + 60)

    assert (first, same, more) == (6, None, 7)


def test_t7_a_spike_in_the_scale_in_cooldown_scales_out_at_once_and_ends_it() -> None:
    """Availability first."""
    quiet = decide(config(), RESOURCE, {"cpu": [20.0] * 15}, Count(running=10, desired=10), ControlState(), NOW)
    assert (quiet.desired, quiet.state.in_until) == (4, NOW + 300)

    spike = decide(config(), RESOURCE, {"cpu": [100.0] * 3}, Count(running=4, desired=4), quiet.state, NOW + 60)

    assert (spike.desired, spike.state.in_until) == (8, 0)


def test_t8_every_policy_must_agree_to_a_scale_in_unless_its_scale_in_is_disabled() -> None:
    """CPU low and memory inside its band: nothing; with memory's scale-in disabled, CPU alone decides."""
    low = {"cpu": minutes((15, 20.0)), "memory": minutes((15, 75.0))}
    both = Fleet(config(CPU, MEMORY), running=10)
    both.play(low)
    alone = Fleet(config(CPU, replace(MEMORY, disable_scale_in=True)), running=10)
    alone.play(low)

    assert (both.counts, alone.counts) == ([], [4])


@pytest.mark.parametrize(("day", "utc_hour"), [(28, 7), (29, 6)], ids=["the day before", "the day of the change"])
def test_t9_a_scheduled_minimum_follows_the_clock_of_its_time_zone(day: int, utc_hour: int) -> None:
    """Minimum 10 at 08:00 in Berlin: on 29 March 2026 that is an hour earlier in UTC than on the 28th."""
    action = ScheduledAction(
        id="morning", schedule=parse_schedule("cron(0 8 * * ? *)"), timezone="Europe/Berlin", min=10
    )
    start = datetime(2026, 3, day, tzinfo=UTC)
    fleet = Fleet(replace(config(), schedules=(action,)), running=2, start=int(start.timestamp()))
    fleet.play({"cpu": minutes((12 * 60, 45.0))})

    ((at, count),) = fleet.changes
    assert count == 10
    assert datetime.fromtimestamp(at, UTC) == start + timedelta(hours=utc_hour)
    assert datetime.fromtimestamp(at, ZoneInfo("Europe/Berlin")).hour == 8


def test_t10_a_deployment_holds_back_scale_in_and_lets_scale_out_through() -> None:
    """The reason for the one is told; the other happens."""
    quiet = Fleet(config(), running=10, deploying=range(60))
    quiet.play({"cpu": minutes((20, 20.0))})
    busy = Fleet(config(), running=2, deploying=range(60))
    busy.play({"cpu": minutes((3, 90.0))})

    assert quiet.changes == []
    assert set(codes(quiet)) == {"TargetServicePutResourceAsUnscalable"}
    assert busy.counts == [4]


def test_t11_a_gap_in_the_metric_does_nothing() -> None:
    """Twenty minutes without data: no action; afterwards fifteen low minutes are counted anew."""
    fleet = Fleet(config(), running=10)
    fleet.play({"cpu": minutes((20, 48.0), (20, None), (14, 20.0))})
    assert fleet.activities == []

    again = Fleet(config(), running=10)
    again.play({"cpu": minutes((20, 48.0), (20, None), (15, 20.0))})
    assert again.counts == [4]
