"""cpu-target-too-high: CPU stops at 100 %, so a high target with nothing beside it scales out in small steps."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.autoscaling.model import PERCENT_METRICS, TargetTrackingPolicy
from watchkeeper.errors import Problem

_HIGHEST: Final = 80


def check(subject: Subject) -> Iterator[Problem]:
    """A CPU target above 80 percent, where no policy on anything that does not saturate stands beside it."""
    if any(not _is_percent(policy) for policy in subject.config.policies):
        return
    for policy in subject.config.policies:
        if "CPU" in policy.metric_name and policy.target > _HIGHEST:
            factor = 100 / policy.target
            what = f"at a target of {policy.target:g} percent one action multiplies the tasks by {factor:.3g} at most"
            fix = f"lower it to {_HIGHEST} or less, or add a policy on requests, which do not saturate"
            where = subject.where("policies", policy.id, "target")
            yield Problem(what, where, fix=fix, rule="cpu-target-too-high", severity="warning")


def _is_percent(policy: TargetTrackingPolicy) -> bool:
    return isinstance(policy.metric, str) and policy.metric in PERCENT_METRICS
