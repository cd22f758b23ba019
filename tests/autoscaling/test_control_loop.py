"""The control loop, case by case. Numbers were worked out by hand from AWS's documentation."""

from dataclasses import replace
from datetime import datetime

import pytest

from tests.autoscaling.conftest import CPU, MEMORY, NOW, RESOURCE, Fleet, config, minutes, reasons
from watchkeeper.autoscaling.assumptions import Assumptions
from watchkeeper.autoscaling.control_loop import ControlState, Count, Decision, decide
from watchkeeper.autoscaling.model import (
    CloudWatchMetric,
    PredictivePolicy,
    ScalingConfig,
    ScheduledAction,
    Step,
    StepPolicy,
    SuspendedState,
)
from watchkeeper.autoscaling.schedule import parse_schedule


def step(
    points: list[float | None],
    running: int,
    *,
    desired: int | None = None,
    state: ControlState | None = None,
    at: int = NOW,
    scaling: ScalingConfig | None = None,
    memory: list[float | None] | None = None,
    fulfilled_at: int | None = 0,
    assumptions: Assumptions | None = None,
) -> Decision:
    count = Count(running=running, desired=running if desired is None else desired, fulfilled_at=fulfilled_at)
    given = {"cpu": points, "memory": memory or []}
    return decide(
        scaling or config(),
        RESOURCE,
        given,
        count,
        state or ControlState(),
        at,
        assumptions=assumptions or Assumptions(),
    )


def test_an_activity_has_the_shape_of_describe_scaling_activities() -> None:
    """Every field that AWS fills, in AWS's spelling; the cause names the alarm and the policy."""
    found = step([45, 90, 90, 90], 2)

    assert found.activity is not None
    activity = dict(found.activity)
    cause = activity.pop("Cause")
    assert len(activity.pop("ActivityId")) == 36
    assert cause.startswith("monitor alarm TargetTracking-service/prod/api-AlarmHigh-")
    assert cause.endswith(" in state ALARM triggered policy cpu")
    assert activity == {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/prod/api",
        "ScalableDimension": "ecs:service:DesiredCount",
        "Description": "Setting desired count to 4.",
        "StartTime": "1998-01-01T00:00:00Z",
        "EndTime": "1998-01-01T00:00:00Z",
        "StatusCode": "Successful",
        "StatusMessage": "Successfully set desired count to 4. Change successfully fulfilled by ecs.",
    }


def test_the_cooldown_counts_from_when_the_tasks_run() -> None:
    """A scale-out that is not fulfilled yet holds back an equal one; its cooldown begins when it is."""
    first = step([100] * 3, 2, scaling=config(replace(CPU, scale_out_cooldown_s=60)))
    waiting = step([100] * 3, 2, desired=4, state=first.state, at=NOW + 90, fulfilled_at=None)
    cooling = step([60] * 3, 4, state=first.state, at=NOW + 120, fulfilled_at=NOW + 90)
    after = step([60] * 3, 4, state=first.state, at=NOW + 390, fulfilled_at=NOW + 90)

    assert (first.desired, waiting.desired, cooling.desired, after.desired) == (4, None, None, 5)


def test_an_alarm_that_stays_invokes_its_action_once_a_minute() -> None:
    """Also one of 20-second datapoints: three evaluations, one action."""
    quick = replace(CPU, metric="ECSServiceAverageCPUUtilizationHighResolution")
    scaling = config(quick, largest=2)
    state, seen = ControlState(), []
    for at in range(NOW, NOW + 121, 20):
        found = step([90] * 3, 2, state=state, at=at, scaling=scaling)
        state = found.state
        seen.append(len(found.activities))

    assert seen == [1, 0, 0, 1, 0, 0, 1]


def test_every_policy_must_agree_to_a_scale_in() -> None:
    """Memory that is silent blocks: insufficient data is not low utilisation."""
    assert step([20] * 15, 10, scaling=config(CPU, MEMORY), memory=[]).desired is None


def test_the_policy_that_asks_for_most_wins_both_ways() -> None:
    """Out: CPU wants 4, memory 3. In: CPU wants 4, memory 5."""
    both = config(CPU, MEMORY)

    assert step([90] * 3, 2, scaling=both, memory=[100] * 3).desired == 4
    assert step([20] * 15, 10, scaling=both, memory=[40] * 15).desired == 5


def test_the_count_stays_between_min_and_max() -> None:
    """And the reason for doing nothing is told, with the bound."""
    full = step([100] * 3, 5, scaling=config(largest=5))
    low = step([1] * 15, 3, scaling=config(smallest=3))

    assert step([100] * 3, 4, scaling=config(largest=5)).desired == 5
    assert step([1] * 15, 10, scaling=config(smallest=3)).desired == 3
    assert reasons(full) == [{"Code": "AlreadyAtMaxCapacity", "CurrentCapacity": 5, "MaxCapacity": 5}]
    assert reasons(low) == [{"Code": "AlreadyAtMinCapacity", "CurrentCapacity": 3, "MinCapacity": 3}]


def test_a_count_outside_its_bounds_is_mended_by_the_next_action_in_that_direction() -> None:
    """Below min: scale-out lifts it, scale-in leaves it. Above max: scale-in lowers it, scale-out leaves it."""
    bounds = config(smallest=4, largest=10)

    assert step([55] * 3, 2, scaling=bounds).desired == 4
    assert step([10] * 15, 2, scaling=bounds).desired is None
    assert step([44] * 15, 12, scaling=bounds).desired == 10
    assert step([90] * 3, 12, scaling=bounds).desired is None


@pytest.mark.parametrize(
    ("suspended", "points", "desired"),
    [
        (SuspendedState(scale_out=True), [100] * 3, None),
        (SuspendedState(scale_out=True), [10] * 15, 2),
        (SuspendedState(scale_in=True), [10] * 15, None),
        (SuspendedState(scale_in=True), [100] * 3, 20),
    ],
    ids=["out", "out, but in goes on", "in", "in, but out goes on"],
)
def test_what_is_suspended_does_nothing_at_all(
    suspended: SuspendedState, points: list[float | None], desired: int | None
) -> None:
    """No count, no activity; the alarms are evaluated all the same."""
    found = step(points, 10, scaling=replace(config(), suspended=suspended))

    assert found.desired == desired
    assert len(found.activities) == (desired is not None)
    assert "ALARM" in found.alarms.values()


def test_suspended_schedules_do_not_run() -> None:
    """The bounds stay."""
    action = ScheduledAction(id="up", schedule=parse_schedule("rate(1 minute)"), min=8)
    scaling = replace(config(), schedules=(action,), suspended=SuspendedState(schedules=True))

    assert step([], 2, scaling=scaling).activities == ()


def test_from_zero_one_datapoint_brings_the_smallest_count() -> None:
    """No three datapoints are waited for, and the metric's height does not matter; zero demand brings nothing."""
    empty = config(replace(CPU, metric="ALBRequestCountPerTarget", target=100), smallest=0)

    assert step([5000], 0, scaling=empty).desired == 1
    assert step([0], 0, scaling=empty).desired is None
    assert step([], 0, scaling=empty).desired is None


STEPS = StepPolicy(
    id="surge",
    metric=CloudWatchMetric(namespace="App", name="Wait"),
    comparison="GreaterThanOrEqualToThreshold",
    threshold=10,
    steps=(Step(change=1, lower=0, upper=5), Step(change=4, lower=5)),
)
DOWN = replace(
    STEPS, id="calm", comparison="LessThanOrEqualToThreshold", threshold=2, steps=(Step(change=-1, upper=0),)
)


def test_a_step_policy_scales_by_the_size_of_the_breach() -> None:
    """Ten more than the threshold falls into the second step; its cooldown then holds back an equal one."""
    scaling = replace(config(), policies=(), step_policies=(STEPS,))
    count = Count(running=3, desired=3)
    found = decide(scaling, RESOURCE, {"surge": [20]}, count, ControlState(), NOW)
    again = decide(scaling, RESOURCE, {"surge": [20]}, Count(running=3, desired=7), found.state, NOW + 60)

    assert (found.desired, again.desired) == (7, None)
    assert found.activity is not None
    assert found.activity["Cause"] == "monitor alarm prod-api-surge in state ALARM triggered policy surge"


def test_a_step_policy_scales_in_without_asking_target_tracking() -> None:
    """The caution of the documentation: the two may work against each other. When both fire, out wins."""
    scaling = replace(config(), step_policies=(DOWN,))
    inside = {"cpu": [48.0] * 15, "calm": [1.0]}
    high = {"cpu": [90.0] * 15, "calm": [1.0]}

    assert decide(scaling, RESOURCE, inside, Count(running=5, desired=5), ControlState(), NOW).desired == 4
    assert decide(scaling, RESOURCE, high, Count(running=5, desired=5), ControlState(), NOW).desired == 9


def test_a_forecast_raises_the_count_before_the_hour_and_never_lowers_it() -> None:
    """Load 400 at a target of 50 is 8 tasks, started five minutes early; ForecastOnly does nothing."""
    policy = PredictivePolicy(id="forecast", metric="ECSServiceCPUUtilization", target=50, mode="ForecastAndScale")
    forecast = {NOW: 100.0, NOW + 3600: 400.0}
    scaling = replace(config(smallest=2), predictive=policy)

    def after(seconds: int, running: int, scaling: ScalingConfig = scaling) -> int | None:
        count = Count(running=running, desired=running)
        return decide(scaling, RESOURCE, {}, count, ControlState(), NOW + seconds, forecast=forecast).desired

    only = replace(scaling, predictive=replace(policy, mode="ForecastOnly"))
    assert (after(3240, 2), after(3300, 2), after(3300, 12), after(3300, 2, only)) == (None, 8, None, None)


def test_a_forecast_is_the_smallest_count_for_its_hour() -> None:
    """A low CPU does not take away what the forecast wants."""
    policy = PredictivePolicy(id="forecast", metric="ECSServiceCPUUtilization", target=50, mode="ForecastAndScale")
    scaling = replace(config(), predictive=policy)
    found = decide(
        scaling, RESOURCE, {"cpu": [5.0] * 15}, Count(running=12, desired=12), ControlState(), NOW, forecast={NOW: 400}
    )

    assert found.desired == 8


def test_scheduled_actions_of_one_moment_happen_in_the_order_of_the_file() -> None:
    """Both bounds, then the count; the activities say why."""
    schedule = parse_schedule("cron(0 0 * * ? *)")
    actions = (
        ScheduledAction(id="night", schedule=schedule, min=3, max=6),
        ScheduledAction(id="later", schedule=schedule, min=5),
    )
    found = step([], 2, scaling=replace(config(), schedules=actions))

    assert found.desired == 5
    assert [(each["Description"], each["Cause"]) for each in found.activities] == [
        ("Setting min capacity to 3 and max capacity to 6", "scheduled action name night was triggered"),
        ("Setting desired count to 3.", "minimum capacity was set to 3"),
        ("Setting min capacity to 5", "scheduled action name later was triggered"),
        ("Setting desired count to 5.", "minimum capacity was set to 5"),
    ]


def test_a_scheduled_action_ignores_cooldowns_and_lowers_to_its_maximum() -> None:
    """In the middle of a scale-in cooldown."""
    action = ScheduledAction(id="night", schedule=parse_schedule("cron(0 0 * * ? *)"), max=4)
    scaling = replace(config(), schedules=(action,))

    assert step([], 9, scaling=scaling, state=ControlState(in_until=NOW + 300)).desired == 4


def test_a_scheduled_action_runs_between_its_start_and_its_end() -> None:
    """Not before, and not after."""
    schedule = parse_schedule("rate(1 minute)")
    early = ScheduledAction(id="a", schedule=schedule, min=5, starts_at=NOW + 3600)
    late = ScheduledAction(id="b", schedule=schedule, min=6, ends_at=NOW - 3600)

    assert step([], 2, scaling=replace(config(), schedules=(early, late))).activities == ()


def test_a_fleet_that_was_told_a_bound_keeps_it() -> None:
    """The scheduled minimum holds against a scale-in until another action lowers it."""
    up = ScheduledAction(id="up", schedule=parse_schedule("at(1998-01-01T00:05:00)"), min=6)
    down = ScheduledAction(id="down", schedule=parse_schedule("at(1998-01-01T01:00:00)"), min=2)
    fleet = Fleet(replace(config(smallest=2), schedules=(up, down)), running=2)
    fleet.play({"cpu": minutes((90, 10.0))})

    at = {(when - NOW) // 60: count for when, count in fleet.changes}
    assert at == {5: 6, 60: 2}


@pytest.mark.parametrize(
    ("assumptions", "desired"),
    [
        (Assumptions(), 4),
        (Assumptions(scale_in_mode="one"), 9),
        (Assumptions(scale_in_mode="max_fraction", scale_in_fraction=0.3), 7),
    ],
    ids=["proportional", "one", "three in ten"],
)
def test_how_gradual_a_scale_in_is_can_be_chosen(assumptions: Assumptions, desired: int) -> None:
    """AWS says gradually, and no more than that."""
    assert step([20] * 15, 10, assumptions=assumptions).desired == desired


def test_a_scale_in_by_the_mean_that_the_newest_datapoint_forbids_is_told_as_flapping() -> None:
    """Fifteen low minutes whose last is just below the alarm: less tasks would lie above the target at once."""
    found = step([20] * 14 + [49.9 * 0.9], 5, assumptions=Assumptions(datapoint="mean"))

    assert found.desired is None
    assert reasons(found)[0]["Code"] == "AutoScalingAnticipatedFlapping"


def test_a_scale_out_cooldown_can_be_said_to_hold_back_scale_in() -> None:
    """Not documented either way; by default it does not."""
    out = ControlState(out_at=NOW - 60, out_cooldown_s=300)

    assert step([20] * 15, 10, state=out).desired == 4
    assert step([20] * 15, 10, state=out, assumptions=Assumptions(blocks_in_after_out=True)).desired is None


def test_new_year_1998_is_the_epoch_of_these_tests() -> None:
    """Midnight in UTC, so that schedules are easy to read."""
    assert datetime.fromtimestamp(NOW, tz=datetime.fromisoformat("1998-01-01T00:00:00+00:00").tzinfo).hour == 0
