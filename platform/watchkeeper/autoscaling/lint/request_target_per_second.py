"""request-target-per-second: the target counts requests a minute; one that was meant a second is 60 times too low."""

from collections.abc import Iterator
from typing import Final

from watchkeeper.autoscaling.lint.subject import Subject
from watchkeeper.autoscaling.model import REQUESTS
from watchkeeper.errors import Problem

_PLAUSIBLE: Final = 100
"""Requests a minute: less than two a second is a rare load for a task."""


def check(subject: Subject) -> Iterator[Problem]:
    """A target below 100 requests a minute."""
    for policy in subject.config.policies:
        if policy.metric == REQUESTS and policy.target < _PLAUSIBLE:
            per_second = policy.target / 60
            what = f"`{policy.id}` asks for a task for every {per_second:.2g} requests a second"
            fix = f"the target counts requests a minute: {policy.target:g} a second is {policy.target * 60:g}"
            where = subject.where("policies", policy.id, "target")
            yield Problem(what, where, fix=fix, rule="request-target-per-second", severity="warning")
