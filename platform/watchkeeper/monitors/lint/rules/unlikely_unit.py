"""unlikely-unit: a threshold that looks like another unit."""

from collections.abc import Iterator

from watchkeeper.monitors.lint.asking import QUERY, comparison_of, plain_metric
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.ranges import range_of
from watchkeeper.monitors.lint.rule import Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject
from watchkeeper.query.ast import plain_number


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    metric, comparison = plain_metric(subject), comparison_of(subject)
    facts = context.catalogue.get(metric.name) if metric is not None else None
    if metric is None or facts is None or comparison is None or not comparison.value or metric.is_count:
        return
    low, high = range_of(subject, metric, facts)
    value = comparison.value
    if (low is not None and value < low) or (high is not None and value > high) or metric.aggregator == "sum":
        return
    is_small = facts.likely_low is not None and value < facts.likely_low
    if is_small or (facts.likely_high is not None and value > facts.likely_high):
        size = "little" if is_small else "much"
        unit = f"{plain_number(value)} {facts.unit}{'' if value == 1 or facts.unit == 'percent' else 's'}"
        yield Flaw(f"{unit} is {size} for `{metric.name}`", QUERY, offset=comparison.at)


RULE = Rule(
    id="unlikely-unit",
    severity="warning",
    title="A threshold that looks like another unit",
    why=(
        "Latencies come in seconds and in milliseconds, shares as 0 to 1 and as percent; a wrong one "
        "fires always or never."
    ),
    fix="convert the threshold to the unit of the metric",
    source="units and usual values in the metric catalogue",
    applies=lambda subject: plain_metric(subject) is not None,
    check=_check,
    bad='query: "avg(last_5m):avg:aws.rds.commit_latency{*} > 0.05"',
    good='query: "avg(last_5m):avg:aws.rds.commit_latency{*} > 50"',
)
