"""min-below-zones: with one task at night, the loss of its zone is an outage."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.errors import Problem

APPLICATION_ZONES: Final = 2


def check(subject: Subject) -> Iterator[Problem]:
    """Fewer tasks than application zones, in an environment that pays for a way out of every zone."""
    smallest = subject.config.min
    if subject.environment.network.nat == "per_zone" and smallest < APPLICATION_ZONES:
        tasks = "one task" if smallest == 1 else f"{smallest} tasks"
        what = f"`{subject.config.service}` may run on {tasks} in {subject.environment.name}, which has two zones"
        fix = f"raise min to {APPLICATION_ZONES}, a task in each zone"
        yield Problem(what, subject.where("min"), fix=fix, rule="min-below-zones", severity="warning")
