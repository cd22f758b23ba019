"""A rolling deployment, minute by minute."""

from watchkeeper.sandbox.actions import Deploy
from watchkeeper.sandbox.rollout import Rollout
from watchkeeper.sandbox.tasks import Tasks

BEGAN = 20


def begun(deploy: Deploy, desired: int) -> tuple[Rollout, Tasks]:
    tasks = Tasks(("a", "b"), desired)
    rollout = Rollout(deploy, old=0, new=1, began=BEGAN, bake_minutes=3)
    rollout.begin(tasks, desired)
    return rollout, tasks


def test_a_good_version_replaces_the_old_one_and_is_done_after_the_bake_time() -> None:
    """Both run for a minute; the alarms are heeded for three more."""
    rollout, tasks = begun(Deploy(), 4)
    outcomes, running = [], []
    for minute in range(BEGAN, BEGAN + 6):
        outcomes.append(rollout.settle(tasks, minute, 4))
        running.append((tasks.in_service(minute, 0), tasks.in_service(minute, 1)))

    assert running == [(4, 0), (4, 4), (0, 4), (0, 4), (0, 4), (0, 4)]
    assert outcomes == [None] * 5 + ["completed"]


def test_what_the_new_version_fails_is_its_share_of_the_requests() -> None:
    """Half of them while both run."""
    rollout, tasks = begun(Deploy(breaks="errors", error_ratio=0.8), 4)
    shares = []
    for minute in range(BEGAN, BEGAN + 3):
        rollout.settle(tasks, minute, 4)
        shares.append(rollout.failing_share(tasks, minute))

    assert shares == [0.0, 0.4, 0.8]


def test_a_rollback_starts_the_old_version_before_it_stops_the_new_one() -> None:
    """Turned back after minute 22: the old tasks take requests in 24, the new ones are gone in 25."""
    rollout, tasks = begun(Deploy(breaks="errors"), 2)
    for minute in range(BEGAN, BEGAN + 3):
        rollout.settle(tasks, minute, 2)
    rollout.turn_back(tasks, BEGAN + 2, 2)
    outcomes, running = [], []
    for minute in range(BEGAN + 3, BEGAN + 6):
        outcomes.append(rollout.settle(tasks, minute, 2))
        running.append((tasks.in_service(minute, 0), tasks.in_service(minute, 1)))

    assert running == [(0, 2), (2, 2), (2, 0)]
    assert outcomes == [None, None, "rolled back"]


def test_the_circuit_breaker_trips_at_three_failed_tasks_or_half_of_many() -> None:
    """A task fails after two minutes and is replaced: two tasks need four minutes, four need two, ten need two."""
    tripped = {}
    for desired in (2, 4, 10):
        rollout, tasks = begun(Deploy(breaks="health-checks"), desired)
        minutes = range(BEGAN, BEGAN + 10)
        tripped[desired] = next(each for each in minutes if rollout.has_tripped(tasks, each, desired))
        assert tasks.in_service(BEGAN + 5) == desired, "the old ones stay"
        assert rollout.unhealthy(tasks, BEGAN + 1) == desired
        rollout.turn_back(tasks, tripped[desired], desired)
        assert rollout.settle(tasks, tripped[desired] + 1, desired) == "rolled back"
        assert (tasks.count(0), tasks.count(1)) == (desired, 0)

    assert tripped == {2: BEGAN + 3, 4: BEGAN + 1, 10: BEGAN + 1}
