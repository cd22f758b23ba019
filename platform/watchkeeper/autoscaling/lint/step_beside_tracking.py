"""step-beside-tracking: step policies do not ask target tracking, so the one takes what the other has just added."""

from collections.abc import Iterator

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.errors import Problem


def check(subject: Subject) -> Iterator[Problem]:
    """A step policy that scales in, beside a target-tracking policy."""
    config = subject.config
    if not config.policies:
        return
    for policy in config.step_policies:
        if policy.adjustment == "ExactCapacity" or any(step.change < 0 for step in policy.steps):
            what = f"the step policy `{policy.id}` scales in without asking `{config.policies[0].id}`"
            where = subject.where("step_policies", policy.id, "steps")
            fix = "let step policies scale out only, and leave scale-in to target tracking"
            yield Problem(what, where, fix=fix, rule="step-beside-tracking", severity="warning")
