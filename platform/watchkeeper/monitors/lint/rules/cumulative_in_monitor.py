"""cumulative-in-monitor: a running sum in a monitor."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, calls_of, has_call
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for call in calls_of(subject, "cumsum", "integral"):
        yield Flaw(f"`{call.name}` begins anew with every window", QUERY, offset=call.at)


RULE = Rule(
    id="cumulative-in-monitor",
    severity="warning",
    title="A running sum in a monitor",
    why=(
        "`cumsum` and `integral` begin at the window's own begin, so the value grows with the window and "
        "says nothing of the level."
    ),
    fix="compare with `sum(last_...)` of the metric, or with its rate",
    source='Datadog documentation, "Arithmetic functions"',
    applies=has_call("cumsum", "integral", "abs"),
    check=_check,
    bad='query: "avg(last_5m):cumsum(avg:system.load.1{*}) > 4"',
    good='query: "avg(last_5m):abs(avg:system.load.1{*}) > 4"',
)
