"""Target tracking, case by case. Numbers were worked out by hand from AWS's documentation."""

from dataclasses import replace

import pytest

from watchkeeper.autoscaling.model import ScalingConfig, TargetTrackingPolicy
from watchkeeper.autoscaling.target_tracking import ControlState, Count, Decision, alarm_pair, decide

RESOURCE = "service/prod/api"
NOW = 883_612_800  # 1 January 1998: any year works
CPU = TargetTrackingPolicy(id="cpu", metric="ECSServiceAverageCPUUtilization", target=50)
MEMORY = TargetTrackingPolicy(id="memory", metric="ECSServiceAverageMemoryUtilization", target=80)


def config(*policies: TargetTrackingPolicy, smallest: int = 1, largest: int = 20) -> ScalingConfig:
    return ScalingConfig(service="api", min=smallest, max=largest, policies=policies or (CPU,))


def step(
    points: list[float | None],
    running: int,
    *,
    desired: int | None = None,
    state: ControlState | None = None,
    at: int = NOW,
    scaling: ScalingConfig | None = None,
    memory: list[float | None] | None = None,
    is_suspended: bool = False,
) -> Decision:
    count = Count(running=running, desired=running if desired is None else desired)
    given = {"cpu": points, "memory": memory or []}
    return decide(scaling or config(), RESOURCE, given, count, state or ControlState(), at, is_suspended=is_suspended)


def reason(decision: Decision) -> str:
    assert decision.activity is not None
    return str(decision.activity["NotScaledReasons"][0]["Code"])


def test_three_points_above_the_target_scale_out_in_proportion() -> None:
    """2 tasks at 90 % with a target of 50 %: ceil(2 x 90 / 50) = 4; the cause names the alarm."""
    found = step([45, 90, 90, 90], 2)

    assert found.desired == 4
    assert found.activity is not None
    assert found.activity["Description"] == "Setting desired count to 4."
    assert "TargetTracking-service/prod/api-AlarmHigh-" in found.activity["Cause"]


@pytest.mark.parametrize("points", [[90, 90], [90, 90, 50, 90, 90], [90, None, 90], [None, None, None]], ids=str)
def test_two_points_are_not_three_and_equal_is_not_above(points: list[float | None]) -> None:
    """3 of 3, strictly greater, a missing point never breaches."""
    assert step(points, 2).desired is None


def test_saturated_cpu_needs_several_steps() -> None:
    """Five times the load at 45 % of 2 tasks, target 50: 4, then 8, then 9."""
    first = step([100, 100, 100], 2)
    quick = config(replace(CPU, scale_out_cooldown_s=60))
    second = step([100, 100, 100], 4, state=ControlState(out_until=NOW, added=2), scaling=quick)
    third = step([56, 56, 56], 8, scaling=quick)

    assert [first.desired, second.desired, third.desired] == [4, 8, 9]


def test_in_the_scale_out_cooldown_only_a_larger_step_adds_its_difference() -> None:
    """+2 at first; a minute later +2 does nothing, +3 adds one."""
    first = step([75, 75, 75], 4)
    assert first.desired == 6

    same = step([75, 75, 75], 4, desired=6, state=first.state, at=NOW + 60)
    more = step([80, 80, 80], 4, desired=6, state=first.state, at=NOW + 60)

    assert (same.desired, more.desired) == (None, 7)


def test_fifteen_points_below_nine_tenths_of_the_target_scale_in() -> None:
    """10 tasks at 20 %, target 50: ceil(10 x 20 / 50) = 4; fourteen points are not enough."""
    assert step([20] * 14, 10).desired is None
    assert step([20] * 15, 10).desired == 4


def test_a_small_service_stays_oversized() -> None:
    """2 tasks at 30 % want ceil(1.2) = 2: the reason is told."""
    found = step([30] * 15, 2)

    assert found.desired is None
    assert reason(found) == "AlreadyAtDesiredCapacity"


def test_a_spike_during_the_scale_in_cooldown_scales_out_and_ends_it() -> None:
    """Availability first."""
    quiet = step([20] * 15, 10)
    assert quiet.state.in_until == NOW + 300

    spike = step([100, 100, 100], 4, state=quiet.state, at=NOW + 60)

    assert (spike.desired, spike.state.in_until) == (8, 0)


def test_every_policy_must_agree_to_a_scale_in() -> None:
    """Memory inside its band, or silent, blocks; with its scale-in disabled it does not."""
    both = config(CPU, MEMORY)
    calm = TargetTrackingPolicy(id="memory", metric=MEMORY.metric, target=80, disable_scale_in=True)

    assert step([20] * 15, 10, scaling=both, memory=[75] * 15).desired is None
    assert step([20] * 15, 10, scaling=both, memory=[]).desired is None
    assert step([20] * 15, 10, scaling=config(CPU, calm), memory=[75] * 15).desired == 4


def test_the_policy_that_asks_for_most_wins() -> None:
    """CPU wants 4, memory 3."""
    assert step([90] * 3, 2, scaling=config(CPU, MEMORY), memory=[100] * 3).desired == 4


def test_the_count_stays_between_min_and_max() -> None:
    """And the reason for doing nothing is told."""
    assert step([100] * 3, 4, scaling=config(largest=5)).desired == 5
    assert reason(step([100] * 3, 5, scaling=config(largest=5))) == "AlreadyAtMaxCapacity"
    assert step([1] * 15, 10, scaling=config(smallest=3)).desired == 3
    assert reason(step([1] * 15, 3, scaling=config(smallest=3))) == "AlreadyAtMinCapacity"


def test_suspended_scaling_does_nothing_at_all() -> None:
    """No count, no activity."""
    found = step([100] * 3, 2, is_suspended=True)

    assert (found.desired, found.activity) == (None, None)


def test_the_alarm_pair_has_the_thresholds_and_names_of_aws() -> None:
    """Greater than the target, less than 0.9 of it; two services never share a name."""
    high, low = alarm_pair(CPU, RESOURCE)

    assert (high.comparison, high.threshold, high.periods) == ("GreaterThanThreshold", 50, 3)
    assert (low.comparison, low.threshold, low.periods) == ("LessThanThreshold", 45, 15)
    assert alarm_pair(CPU, RESOURCE) == (high, low)
    assert high.name != alarm_pair(CPU, "service/prod/reports")[0].name
