"""The tasks of a service while minutes are played: in which zone each one stands, and which version it runs. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

START_MINUTES: Final = 1
"""How long a task takes until the load balancer sends it requests, in whole minutes."""


@dataclass(frozen=True, slots=True)
class Task:
    """ready_at: number of the minute from which it takes requests. version: 0 is what was deployed at the start."""

    zone: str
    ready_at: int
    version: int = 0


class Tasks:
    """zones: of the service's subnets. A new task goes to the zone that has the fewest, as ECS spreads them."""

    def __init__(self, zones: Sequence[str], count: int) -> None:
        self._zones = tuple(zones) or ("",)
        self._lost: set[str] = set()
        self._tasks: list[Task] = []
        self.start(count, 0)

    def start(self, count: int, ready_at: int, version: int = 0) -> None:
        """Start tasks; none while every zone is lost."""
        for _ in range(count):
            open_zones = [zone for zone in self._zones if zone not in self._lost]
            if not open_zones:
                return
            inside = Counter(task.zone for task in self._tasks if task.version == version)
            zone = min(open_zones, key=lambda each: inside[each])
            self._tasks.append(Task(zone, ready_at, version))

    def in_service(self, minute: int, version: int | None = None) -> int:
        """How many take requests; of one version, or of all."""
        chosen = [task for task in self._tasks if task.ready_at <= minute]
        return sum(version is None or task.version == version for task in chosen)

    def count(self, version: int) -> int:
        """How many there are of a version, those that are starting included."""
        return sum(task.version == version for task in self._tasks)

    def lose(self, zone: str, minute: int) -> int:
        """A zone is gone, with its tasks; gives how many of them took requests."""
        self._lost.add(zone)
        gone = [task for task in self._tasks if task.zone == zone]
        self._tasks = [task for task in self._tasks if task.zone != zone]
        return sum(task.ready_at <= minute for task in gone)

    def regain(self, zone: str) -> None:
        """The zone takes tasks again; those that run elsewhere stay there."""
        self._lost.discard(zone)

    def shrink(self, version: int, count: int) -> None:
        """Stop tasks of a version until `count` are left: those that still start first, then in the fullest zone."""
        mine = [task for task in self._tasks if task.version == version]
        while len(mine) > max(0, count):
            inside = Counter(task.zone for task in mine)
            unlucky = max(mine, key=lambda task: (task.ready_at, inside[task.zone]))
            mine.remove(unlucky)
            self._tasks.remove(unlucky)
