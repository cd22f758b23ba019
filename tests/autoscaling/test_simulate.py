"""Simulated runs: T12, and what must hold of any run."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.autoscaling.conftest import CPU, MEMORY, NOW, config
from watchkeeper.autoscaling.activities import is_scaled
from watchkeeper.autoscaling.fleet import Loss
from watchkeeper.autoscaling.model import CloudWatchMetric, PredictivePolicy, ScalingConfig, TargetTrackingPolicy
from watchkeeper.autoscaling.outcome import outcome
from watchkeeper.autoscaling.simulate import Run, simulate
from watchkeeper.autoscaling.task import Workload
from watchkeeper.autoscaling.trace import Trace

QUICK = replace(CPU, metric="ECSServiceAverageCPUUtilizationHighResolution")
BENCHMARK = Workload(start_s=23, start_spread_s=0, health_check_s=0)


def stepped(config: ScalingConfig, workload: Workload = BENCHMARK) -> tuple[Run, int]:
    """Half an hour of 40 % on 2 tasks, then the double; and when the step came."""
    step_at = NOW + 1800 + 30
    points = [(NOW + 10 * each, 40.0 if NOW + 10 * each < step_at else 80.0) for each in range(360)]
    return simulate(config, Trace(points, 10), workload), step_at


@pytest.mark.parametrize(("policy", "seconds", "within"), [(CPU, 363, 60), (QUICK, 86, 20)], ids=["60 s", "20 s"])
def test_t12_the_trigger_comes_when_awss_own_benchmark_saw_it(policy: object, seconds: int, within: int) -> None:
    """From a step in the load: 363 s with metrics of 60 s, 86 s with those of 20 s."""
    run, step_at = stepped(config(policy, smallest=2))  # type: ignore[arg-type]
    first = next(at for at, _, _, activity in run.activities if is_scaled(activity))

    assert abs(first - step_at - seconds) <= within


def test_t12_tasks_serve_23_seconds_after_the_trigger() -> None:
    """As in the benchmark, to the step of the simulation."""
    run, _ = stepped(config(QUICK, smallest=2))
    trigger = next(at for at, _, _, activity in run.activities if is_scaled(activity))
    served = next(step.at for step in run.steps if step.running > 2)

    assert 23 <= served + run.step_s - trigger <= 23 + 2 * run.step_s


def test_a_queue_is_a_breach_and_its_minutes_are_counted() -> None:
    """One task that serves 50 a second, at 100: users wait until the next one runs."""
    workload = replace(BENCHMARK, vcpu=0.5, cpu_ms=10)
    points = [(NOW + 60 * each, 20.0 if each < 10 else 100.0) for each in range(40)]
    run = simulate(config(smallest=1), Trace(points, 60), workload)
    found = outcome(run, workload)

    assert found.breach_minutes > 5
    assert run.steps[-1].wait_s == 0
    assert found.metrics["time_under_percent"] > 0


def test_cost_is_task_hours_times_the_price_of_a_task() -> None:
    """An hour of two tasks of half a vCPU and a GiB."""
    points = [(NOW + 60 * each, 40.0) for each in range(60)]
    run = simulate(config(smallest=2, largest=2), Trace(points, 60), Workload())
    found = outcome(run, Workload())

    assert found.task_hours == 2
    assert found.cost == round(2 * (0.5 * 0.04048 + 0.004445), 2)


def test_a_daily_load_is_forecast_and_met() -> None:
    """On the third day the tasks are there before the morning; without the forecast they come after it."""

    def morning(predictive: PredictivePolicy | None) -> int:
        rps = [20.0 if minute // 60 % 24 < 8 else 200.0 for minute in range(3 * 1440)]
        points = [(NOW + 60 * each, value) for each, value in enumerate(rps)]
        run = simulate(replace(config(smallest=1), predictive=predictive), Trace(points, 60), BENCHMARK)
        return next(step.running for step in run.steps if step.at == NOW + 2 * 86400 + 8 * 3600)

    forecast = PredictivePolicy(id="f", metric="ECSServiceCPUUtilization", target=50, mode="ForecastAndScale")
    assert morning(forecast) == 8
    assert morning(None) == 1


@settings(deadline=None, max_examples=30)
@given(
    rps=st.lists(st.floats(0, 2000), min_size=20, max_size=120),
    bounds=st.tuples(st.integers(1, 5), st.integers(5, 30)),
    seed=st.integers(0, 9),
)
def test_the_count_stays_within_its_bounds_and_equal_seeds_give_equal_runs(
    rps: list[float], bounds: tuple[int, int], seed: int
) -> None:
    """Whatever the load."""
    trace = Trace([(NOW + 60 * each, value) for each, value in enumerate(rps)], 60)
    scaling = config(smallest=bounds[0], largest=bounds[1])
    run = simulate(scaling, trace, Workload(), seed=seed)

    assert all(bounds[0] <= step.desired <= bounds[1] for step in run.steps)
    assert all(0 <= step.running <= step.desired or step.running <= bounds[1] for step in run.steps)
    assert run == simulate(scaling, trace, Workload(), seed=seed)


def test_a_share_on_spot_costs_less_beyond_the_tasks_that_are_never_on_it() -> None:
    """An hour of two tasks, one of them always on demand, the other half the time on Spot at 0.3 of the price."""
    points = [(NOW + 60 * each, 40.0) for each in range(60)]
    workload = Workload(spot_ratio=0.5, on_demand_base=1, spot_price_ratio=0.3, vcpu=1, vcpu_hour_usd=1, gib_hour_usd=0)
    run = simulate(config(smallest=2, largest=2), Trace(points, 60), workload)

    assert outcome(run, workload).cost == 1.65  # 1 on demand, 0.5 on demand, 0.5 x 0.3 on Spot


def test_memory_that_grows_with_the_load_scales_out() -> None:
    """40 % when idle, 90 % at full CPU. Two tasks at 100 % want ceil(2 x 90 / 80) = 3; without growth they stay two."""
    points = [(NOW + 60 * each, 50.0 if each < 3 else 100.0) for each in range(30)]
    memory = config(MEMORY, smallest=2)

    def counts(full_percent: float) -> list[int]:
        workload = replace(BENCHMARK, full_memory_percent=full_percent, delay_s=0)
        run = simulate(memory, Trace(points, 60), workload)
        return [after for _, before, after, _ in run.activities if after != before]

    assert (counts(90), counts(40)) == ([3], [])


def test_a_metric_of_ones_own_follows_the_requests_of_a_task() -> None:
    """0.5 for each request per second and task: four tasks at 25 each have 12.5, target 10 wants 5, which have 10."""
    wait = CloudWatchMetric(namespace="App", name="Wait")
    policy = TargetTrackingPolicy(id="wait", metric=wait, target=10)
    points = [(NOW + 60 * each, 100.0) for each in range(30)]
    workload = replace(BENCHMARK, own_metrics={"wait": 0.5}, delay_s=0)
    run = simulate(config(policy, smallest=2), Trace(points, 60), workload)

    assert [after for _, before, after, _ in run.activities if after != before] == [5]


def test_a_lost_zone_takes_its_share_at_once_and_other_tasks_are_started() -> None:
    """A third of nine tasks for the 23 seconds that a task takes to start; nothing is scaled."""
    points = [(NOW + 60 * each, 225.0) for each in range(20)]
    loss = Loss(NOW + 600, 1 / 3)
    run = simulate(config(QUICK), Trace(points, 60), BENCHMARK, losses=[loss])

    seen = [(step.at - NOW, step.running) for step in run.steps if step.running != 9]
    assert seen == [(600, 6)]
    assert [after for _, before, after, _ in run.activities if after != before] == []
