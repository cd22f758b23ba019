"""autosmooth-in-monitor: `autosmooth` in a monitor."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, calls_of, has_metrics
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    for call in calls_of(subject, "autosmooth"):
        yield Flaw("`autosmooth` cannot be used in a monitor", QUERY, offset=call.at)


RULE = Rule(
    id="autosmooth-in-monitor",
    severity="error",
    title="`autosmooth` in a monitor",
    why="Datadog allows it in graphs only: it changes with the span that is looked at.",
    fix="use `ewma_5` or a longer window",
    source='Datadog documentation, "Smoothing functions"',
    applies=has_metrics,
    check=_check,
    bad='query: "avg(last_5m):autosmooth(avg:system.load.1{*}) > 4"',
    good='query: "avg(last_5m):ewma_5(avg:system.load.1{*}) > 4"',
)
