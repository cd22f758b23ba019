"""short-scale-in-cooldown: a scale-in every minute takes tasks away before the metric shows what that did."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.errors import Problem

_SHORTEST_S: Final = 60


def check(subject: Subject) -> Iterator[Problem]:
    """A scale-in cooldown below 60 seconds."""
    for policy in subject.config.policies:
        if policy.scale_in_cooldown_s < _SHORTEST_S and not policy.disable_scale_in:
            what = f"after a scale-in `{policy.id}` waits {policy.scale_in_cooldown_s} s, less than one datapoint"
            where = subject.where("policies", policy.id, "scale_in_cooldown_s")
            fix = "wait at least 60 s; 300 is the default"
            yield Problem(what, where, fix=fix, rule="short-scale-in-cooldown", severity="warning")
