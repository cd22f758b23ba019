"""aurora-never-pauses: a database that may scale to zero, and a service whose pool keeps it awake."""

from collections.abc import Iterator

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.errors import Problem


def check(subject: Subject) -> Iterator[Problem]:
    """A smallest capacity of 0 ACU, while at least one task always holds connections."""
    config, database = subject.config, subject.environment.database
    if database.min_acu == 0 and config.min > 0 and config.connections_per_task:
        what = f"the database may pause, but {config.min} tasks of `{config.service}` always hold connections to it"
        fix = "let the service scale to zero too, close idle connections, or pay for 0.5 ACU and wake nobody up"
        yield Problem(what, subject.where("min"), fix=fix, rule="aurora-never-pauses", severity="info")
