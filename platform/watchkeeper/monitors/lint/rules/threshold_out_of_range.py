"""threshold-out-of-range: a threshold that the metric never crosses."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, comparison_of, plain_metric
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.ranges import range_of, reports_silence, shown_range
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    metric, comparison = plain_metric(subject), comparison_of(subject)
    facts = context.catalogue.get(metric.name) if metric is not None else None
    if metric is None or facts is None or comparison is None or comparison.value is None or reports_silence(subject):
        return
    low, high = range_of(subject, metric, facts)
    value = comparison.value
    never = {
        ">": high is not None and value >= high,
        ">=": high is not None and value > high,
        "<": low is not None and value <= low,
        "<=": low is not None and value < low,
        "==": (high is not None and value > high) or (low is not None and value < low),
    }
    if never.get(comparison.comparator):
        what = (
            f"`{metric.name}` is never {comparison.comparator} {plain_number(value)}: it lies {shown_range(low, high)}"
        )
        yield Flaw(what, QUERY, offset=comparison.at)


RULE = Rule(
    id="threshold-out-of-range",
    severity="error",
    title="A threshold that the metric never crosses",
    why="The metric cannot take such a value, so the monitor never fires.",
    fix="take a threshold inside of the range, or look at the unit",
    source="range in the metric catalogue; a monitor that reports silence is left alone",
    applies=lambda subject: plain_metric(subject) is not None,
    check=_check,
    bad='query: "avg(last_5m):avg:aws.rds.cpuutilization{*} > 900"',
    good='query: "avg(last_5m):avg:aws.rds.cpuutilization{*} > 90"',
)
