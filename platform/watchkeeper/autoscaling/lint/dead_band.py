"""dead-band: how low a metric must fall before a small service gives a task back."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.autoscaling.model import PERCENT_METRICS
from watchkeeper.autoscaling.target_tracking import tasks_before_scale_in
from watchkeeper.errors import Problem

_SMALL: Final = 4


def check(subject: Subject) -> Iterator[Problem]:
    """The last task above a small minimum: it stays until the metric is far below the target."""
    config = subject.config
    running = config.min + 1
    if not 1 < running <= _SMALL or running > config.max:
        return
    for policy in config.policies:
        if policy.metric_name in PERCENT_METRICS and not policy.disable_scale_in:
            below = tasks_before_scale_in(running, policy.target)
            what = f"{running} tasks become {config.min} only below {below:.3g} percent (target {policy.target:g})"
            fix = "nothing to mend: small services stay oversized; a lower min or smaller tasks help"
            where = subject.where("policies", policy.id, "target")
            yield Problem(what, where, fix=fix, rule="dead-band", severity="info")
