"""What tasks cost that start, stop and drain; worked out by hand."""

from random import Random

from watchkeeper.autoscaling.fleet import Fleet, Loss
from watchkeeper.autoscaling.task import Workload

STEADY = Workload(start_s=40, start_spread_s=0, health_check_s=0, drain_s=0)


def fleet(count: int, workload: Workload = STEADY) -> Fleet:
    return Fleet(count, 0, workload, Random(0))  # noqa: S311 - a simulation


def test_a_task_that_ends_early_is_billed_a_minute() -> None:
    """Asked for at 100 s and taken back at 130 s: 60 s, besides the 200 s of the other one."""
    tasks = fleet(1)
    tasks.scale(2, 100)
    tasks.scale(1, 130)

    assert tasks.billed_s(200) == 260


def test_a_task_costs_from_the_pull_of_its_image_on() -> None:
    """It serves at 140 s, and is billed from 100 s."""
    tasks = fleet(1)
    tasks.scale(2, 100)
    tasks.settle(139)
    assert (tasks.running, tasks.fulfilled_at) == (1, None)
    tasks.settle(140)

    assert (tasks.running, tasks.fulfilled_at) == (2, 140)
    assert tasks.billed_s(300) == 300 + 200


def test_a_draining_task_takes_no_requests_and_still_costs() -> None:
    """Stopped at 100 s with a deregistration delay of 300 s: billed 400 s, also when nobody looks that far."""
    tasks = fleet(2, Workload(drain_s=300))
    tasks.scale(1, 100)

    assert tasks.running == 1
    assert tasks.billed_s(200) == 200 + 400


def test_what_a_lost_zone_took_is_replaced_and_not_drained() -> None:
    """Three tasks at 90 s, one of them gone then: 90 s, two of 200 s, and the new one from 90 s on."""
    tasks = fleet(3, Workload(start_s=40, start_spread_s=0, health_check_s=0, drain_s=300))
    tasks.lose(1, 90)
    assert (tasks.running, tasks.desired) == (2, 3)
    tasks.settle(130)

    assert tasks.running == 3
    assert tasks.billed_s(200) == 90 + 2 * 200 + 110


def test_a_loss_takes_its_share_beyond_the_tasks_that_it_cannot_take() -> None:
    """A third of nine; half of what is on Spot beyond two tasks on demand; never more than there is."""
    assert Loss(0, 1 / 3).of(9) == 3
    assert Loss(0, 0.5, base=2).of(8) == 3
    assert Loss(0, 1.0, base=2).of(1) == 0
