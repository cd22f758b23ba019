"""The runs of a what-if: every monitor with every combination of settings that it can have."""

from collections.abc import Sequence
from dataclasses import replace

from watchkeeper.errors import Problem, UsageError
from watchkeeper.monitors.backtest.run import Job
from watchkeeper.monitors.backtest.what_if import Trial, combinations, merged, variant_text, with_settings

_NAMED = 3


def trial_jobs(jobs: Sequence[Job], trials: Sequence[Trial]) -> tuple[list[Job], list[Problem]]:
    """The runs, and for each monitor which settings it cannot have. Raises UsageError where no monitor can have any."""
    if not trials or not jobs:
        return [], []
    found: list[Job] = []
    unfit: dict[str, list[tuple[str, UsageError]]] = {}
    for settings in combinations(merged(trials)):
        name = variant_text(settings)
        for job in jobs:
            try:
                found.append(replace(job, subject=with_settings(job.subject, settings), variant=name))
            except UsageError as err:
                unfit.setdefault(job.subject.id, []).append((name, err))
    if not found:
        raise next(iter(unfit.values()))[0][1]
    where = {job.subject.id: job.subject.where for job in jobs}
    problems = []
    for monitor, refused in unfit.items():
        names = ", ".join(name for name, _ in refused[:_NAMED])
        more = f" and {len(refused) - _NAMED} more" if len(refused) > _NAMED else ""
        _, first = refused[0]
        what = f"`{monitor}` is not tried with {names}{more}: {first.what.removeprefix(f'`{monitor}`: ')}"
        problems.append(Problem(what, where[monitor], fix=first.fix, rule="what-if", severity="warning"))
    return found, problems
