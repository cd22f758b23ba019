"""connections-over-limit: at its maximum the services open more connections than the database takes."""

from collections.abc import Iterator

from watchkeeper.autoscaling.aurora import max_connections
from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.errors import Problem


def check(subject: Subject) -> Iterator[Problem]:
    """All services at their maximum, above what Aurora takes at its largest capacity."""
    config, database = subject.config, subject.environment.database
    own = config.max * config.connections_per_task
    limit = max_connections(database.min_acu, database.max_acu)
    if own and own + subject.connections_elsewhere > limit:
        beside = f", and other services {subject.connections_elsewhere}" if subject.connections_elsewhere else ""
        what = (
            f"{config.max} tasks of `{config.service}` open {own} connections{beside}; "
            f"Aurora with {database.max_acu:g} ACU takes about {limit}"
        )
        fix = "lower max or the pool, or raise the database's max_acu"
        yield Problem(what, subject.where("max"), fix=fix, rule="connections-over-limit", severity="warning")
