"""Tasks and the zones in which they stand."""

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.sandbox.tasks import Tasks

ZONES = ("a", "b")


def test_half_of_the_tasks_go_with_one_of_two_zones() -> None:
    """What replaces them comes up in the zone that is left, and stays there when the other one is back."""
    tasks = Tasks(ZONES, 5)

    assert tasks.lose("b", 10) == 2
    tasks.start(2, 11)
    assert (tasks.in_service(10), tasks.in_service(11)) == (3, 5)
    tasks.regain("b")
    assert tasks.lose("a", 12) == 5


def test_without_a_zone_nothing_starts() -> None:
    """Every zone is lost: the service stands still."""
    tasks = Tasks(ZONES, 2)
    tasks.lose("a", 1)
    tasks.lose("b", 1)
    tasks.start(2, 2)

    assert tasks.count(0) == 0


def test_those_that_still_start_are_stopped_first() -> None:
    """A task that takes requests is worth more than one that does not yet."""
    tasks = Tasks(ZONES, 2)
    tasks.start(2, 5)
    tasks.shrink(0, 2)

    assert tasks.in_service(0) == 2


@given(
    count=st.integers(0, 30), left=st.integers(0, 30), zones=st.lists(st.sampled_from("abc"), unique=True, min_size=1)
)
def test_tasks_are_spread_over_the_zones_however_often_the_count_changes(
    count: int, left: int, zones: list[str]
) -> None:
    """No zone holds two tasks more than another."""
    tasks = Tasks(zones, count)
    tasks.shrink(0, left)
    total = tasks.count(0)

    assert total == min(count, left)
    inside = [tasks.lose(zone, 0) for zone in zones]
    assert sum(inside) == total
    assert max(inside) - min(inside) <= 1
