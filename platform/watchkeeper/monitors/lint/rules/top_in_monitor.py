"""top-in-monitor: the best or worst few as the condition of a monitor."""

import re
from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, calls_in, has_metrics
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_TOP: Final = re.compile(r"(?:top|bottom)(?:\d+\w*)?(?:_\w+)?")


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for call in calls_in(subject):
        if _TOP.fullmatch(call.name):
            yield Flaw(f"`{call.name}` takes other groups every minute", QUERY, offset=call.at)


RULE = Rule(
    id="top-in-monitor",
    severity="warning",
    title="The best or worst few as the condition of a monitor",
    why=(
        "Which groups are among the few changes from minute to minute; groups enter and leave, alerts open and close."
    ),
    fix="compare every group, and bundle notifications with `notify_by`",
    source="the fragile check of cloudflare/pint",
    applies=lambda subject: has_metrics(subject) and bool(calls_in(subject)),
    check=_check,
    bad='query: "avg(last_5m):top5_max(avg:system.load.1{*} by {host}) > 4"',
    good='query: "avg(last_5m):exclude_null(avg:system.load.1{*} by {host}) > 4"',
)
