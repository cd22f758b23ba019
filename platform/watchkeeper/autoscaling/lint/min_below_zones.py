"""min-below-zones: with one task at night, the loss of its zone is an outage."""

from collections.abc import Iterator

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.errors import Problem


def check(subject: Subject) -> Iterator[Problem]:
    """Fewer tasks than application zones, in an environment that pays for a way out of every zone."""
    smallest, network = subject.config.min, subject.environment.network
    if network.nat == "per_zone" and smallest < network.application_zones:
        tasks = "one task" if smallest == 1 else f"{smallest} tasks"
        zones = network.application_zones
        what = f"`{subject.config.service}` may run on {tasks} in {subject.environment.name}, which has {zones} zones"
        fix = f"raise min to {zones}, a task in each zone"
        yield Problem(what, subject.where("min"), fix=fix, rule="min-below-zones", severity="warning")
