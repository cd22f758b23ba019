"""rollup-longer-than-window: a rollup longer than the window."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, has_metrics, metrics_of, query_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number
from watchkeeper.query.forms import ChangeQuery, MonitorQuery


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    query = query_of(subject)
    if not isinstance(query, MonitorQuery | ChangeQuery) or query.window.kind != "last":
        return
    for metric in metrics_of(subject):
        rollup = metric.method("rollup")
        seconds = (
            max((float(word) for word in rollup.words if word.replace(".", "", 1).isdigit()), default=0.0)
            if rollup
            else 0
        )
        if rollup and seconds > query.window_s:
            what = f"buckets of {plain_number(seconds)} s do not fit into {query.window.text}"
            yield Flaw(what, QUERY, offset=rollup.at)


RULE = Rule(
    id="rollup-longer-than-window",
    severity="error",
    title="A rollup longer than the window",
    why="Not one bucket is complete inside of the window, so there is never a value.",
    fix="take a shorter rollup or a longer window",
    source='Datadog documentation, "Rollup in monitors"',
    applies=lambda subject: has_metrics(subject) and any(metric.method("rollup") for metric in metrics_of(subject)),
    check=_check,
    bad=('{query: "avg(last_5m):avg:system.load.1{*}.rollup(avg, 3600) > 4", options: {evaluation_delay: 3600}}'),
    good='{query: "avg(last_5m):avg:system.load.1{*}.rollup(avg, 60) > 4", options: {evaluation_delay: 3600}}',
)
