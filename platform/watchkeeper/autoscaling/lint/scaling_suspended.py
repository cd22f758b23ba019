"""scaling-suspended: suspended by the file, so by every deploy, and easily forgotten."""

from collections.abc import Iterator

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.errors import Problem


def check(subject: Subject) -> Iterator[Problem]:
    """Any process of scaling that the file suspends."""
    suspended = subject.config.suspended
    names = [name for name in ("scale_out", "scale_in", "schedules") if getattr(suspended, name)]
    if names:
        what = f"{' and '.join(names)} of `{subject.config.service}` are suspended in {subject.environment.name}"
        fix = "remove `suspended` when the reason has gone"
        where = subject.where("suspended", names[0])
        yield Problem(what, where, fix=fix, rule="scaling-suspended", severity="warning")
