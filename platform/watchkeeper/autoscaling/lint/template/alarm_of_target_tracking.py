"""alarm-of-target-tracking: alarms that Application Auto Scaling owns; it deletes and remakes them as it likes."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.autoscaling.lint.template.parts import Template, parts
from watchkeeper.errors import Problem

_PREFIX: Final = "TargetTracking-"


def check(template: Template) -> Iterator[Problem]:
    """An alarm of the template with a name that belongs to target tracking."""
    for name, alarm in template.of_kind("AWS::CloudWatch::Alarm"):
        first = next(parts(alarm.get("AlarmName")), "")
        if isinstance(first, str) and first.startswith(_PREFIX):
            what = f"{name} is named like an alarm that Application Auto Scaling owns: do not edit or delete those"
            where = template.where(name, "AlarmName")
            fix = "give it another name, or use a step policy for thresholds of your own"
            yield Problem(what, where, fix=fix, rule="alarm-of-target-tracking")
