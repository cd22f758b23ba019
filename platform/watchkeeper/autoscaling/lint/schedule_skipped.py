"""schedule-skipped: a scheduled action in the hour that daylight saving skips, which does not run on that day."""

from collections.abc import Iterator

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.autoscaling.schedule import skipped_times
from watchkeeper.errors import Problem


def check(subject: Subject) -> Iterator[Problem]:
    """A local time that does not exist once a year."""
    for action in subject.config.schedules:
        skipped = [
            time
            for each in (subject.year, subject.year + 1)
            for time in skipped_times(action.schedule, action.timezone, each)
        ]
        if skipped:
            when = skipped[0].strftime("%Y-%m-%d %H:%M")
            what = f"`{action.id}` does not run on {when}: the clocks of {action.timezone} go forward over it"
            fix = "move it out of that hour"
            where = subject.where("schedules", action.id, "schedule")
            yield Problem(what, where, fix=fix, rule="schedule-skipped", severity="warning")
