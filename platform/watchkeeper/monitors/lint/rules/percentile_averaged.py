"""percentile-averaged: the average of percentiles."""

import re
from collections.abc import Iterator
from typing import Final

from watchkeeper.monitors.lint.asking import QUERY, metrics_of
from watchkeeper.monitors.lint.context import Context
from watchkeeper.monitors.lint.rule import Edit, Flaw, Rule
from watchkeeper.monitors.lint.subject import Subject

_PERCENTILE: Final = re.compile(r"\.p\d+$")


def _check(subject: Subject, context: Context) -> Iterator[Flaw]:
    for metric in metrics_of(subject):
        if _PERCENTILE.search(metric.name) and metric.aggregator == "avg" and context.catalogue.family(metric.name):
            edit = Edit(QUERY, "max", (metric.at, metric.at + 3)) if metric.has_aggregator else None
            yield Flaw(f"percentiles of `{metric.name}` are averaged", QUERY, offset=metric.at, edit=edit)


RULE = Rule(
    id="percentile-averaged",
    severity="info",
    title="The average of percentiles",
    why=(
        "A percentile of a whole is not the average of the percentiles of its parts; the slowest zone disappears in it."
    ),
    fix="use `max:`, or group by what it is averaged over",
    source='AWS, "Percentiles"; Datadog documentation, "Distributions"',
    applies=lambda subject: bool(metrics_of(subject)),
    check=_check,
    bad='query: "avg(last_5m):avg:aws.applicationelb.target_response_time.p99{*} > 1"',
    good='query: "avg(last_5m):max:aws.applicationelb.target_response_time.p99{*} > 1"',
)
