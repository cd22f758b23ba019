"""scale-in-disabled: a service that only ever grows."""

from collections.abc import Iterator

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.errors import Problem


def check(subject: Subject) -> Iterator[Problem]:
    """Every target-tracking policy has its scale-in disabled, and nothing else takes tasks away."""
    config = subject.config
    takes = any(step.change < 0 for policy in config.step_policies for step in policy.steps)
    takes |= any(policy.adjustment == "ExactCapacity" for policy in config.step_policies)
    lowers = any(action.max is not None for action in config.schedules)
    if config.policies and all(policy.disable_scale_in for policy in config.policies) and not takes and not lowers:
        what = f"nothing ever takes a task away from `{config.service}`"
        where = subject.where("policies", config.policies[0].id, "disable_scale_in")
        fix = "let one policy scale in, or schedule a maximum"
        yield Problem(what, where, fix=fix, rule="scale-in-disabled", severity="warning")
