"""high-resolution-unused: metrics every 20 seconds that are paid and not read, or meant and not switched on."""

from collections.abc import Iterator

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.autoscaling.model import STANDARD_RESOLUTION
from watchkeeper.errors import Problem


def check(subject: Subject) -> Iterator[Problem]:
    """A 20-second metric with `high_resolution: off`, or high resolution without any such metric."""
    config = subject.config
    names = [*(policy.id for policy in config.policies), *(policy.id for policy in config.step_policies)]
    meant = [name for name in names if subject.written(name) in STANDARD_RESOLUTION]
    if config.high_resolution == "off":
        for policy in meant:
            key = "policies" if any(each.id == policy for each in config.policies) else "step_policies"
            what = f"`{policy}` reads every 60 s in {subject.environment.name}, because high_resolution is off"
            fix = "deploy with `high_resolution: prepare`, then with `high_resolution: on`"
            where = subject.where(key, policy, "metric")
            yield Problem(what, where, fix=fix, rule="high-resolution-unused", severity="warning")
    elif not meant:
        what = f"`{config.service}` publishes metrics every 20 s that no policy reads"
        fix = "track ECSServiceAverageCPUUtilizationHighResolution, or remove high_resolution"
        where = subject.where("high_resolution")
        yield Problem(what, where, fix=fix, rule="high-resolution-unused", severity="warning")
