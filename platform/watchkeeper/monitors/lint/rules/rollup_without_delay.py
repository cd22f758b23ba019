"""rollup-without-delay: a rollup without an evaluation delay as long."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, has_metrics, metrics_of, option_number
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number


def _check(subject: Subject, _context: Context) -> Iterator[Flaw]:
    delay = option_number(subject, "evaluation_delay") or 0.0
    for metric in metrics_of(subject):
        rollup = metric.method("rollup")
        seconds = (
            max((float(word) for word in rollup.words if word.replace(".", "", 1).isdigit()), default=0.0)
            if rollup
            else 0
        )
        if rollup and delay < seconds:
            what = f"the last bucket of {plain_number(seconds)} s is incomplete at a delay of {plain_number(delay)} s"
            yield Flaw(what, QUERY, offset=rollup.at)


RULE = Rule(
    id="rollup-without-delay",
    severity="info",
    title="A rollup without an evaluation delay as long",
    why=("Buckets lie on the clock, not on the window: the last one is still filling, and its value is too small."),
    fix="set `evaluation_delay` to the length of the rollup",
    source='Datadog documentation, "Rollup in monitors"',
    applies=lambda subject: has_metrics(subject) and any(metric.method("rollup") for metric in metrics_of(subject)),
    check=_check,
    bad='{query: "avg(last_5m):avg:system.load.1{*}.rollup(avg, 60) > 4", options: {evaluation_delay: 10}}',
    good='{query: "avg(last_5m):avg:system.load.1{*}.rollup(avg, 60) > 4", options: {evaluation_delay: 60}}',
)
